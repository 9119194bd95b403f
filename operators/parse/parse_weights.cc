// parse_weights(text, item_separator, key_value_separator): a map of numbers from one text.
#include "feature_extractor/key_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseWeights {
  using State = KeyValueSeparators;
  static std::optional<State> bind(Text item_separator, Text key_value_separator, BindError& error) {
    return KeyValueSeparators::bind(item_separator, key_value_separator, error);
  }
  static void eval(Arena& arena, const State& separators, Text text, MapBuilder<Text, double>& result) {
    read_key_values<Text, double>(separators, text, arena, result, text_key,
                                  [](Text value) { return read_float(text::trim_end(text::trim_start(value))); });
  }
};

constexpr Operator kOperator = {
    .name = "parse_weights",
    .summary = "Read a map of numbers from items such as `drama:0.5,war:2`",
    .detail =
        "Keys are as they stand between the separators; around a number white space is skipped. Numbers are read as by "
        "`parse_float`.",
    .parameters = {{"text", "items with separators between them"},
                   {"item_separator", "what stands between two items"},
                   {"key_value_separator", "what stands between a key and its value"}},
    .overloads = {overload<"(text: string, item_separator: const string = \",\", key_value_separator: const string = "
                           "\":\") -> map<string, float>",
                           ParseWeights>()},
    .edges = {{"a key is empty", "its item is skipped"},
              {"a value is not a number, or too large", "its item is skipped"},
              {"an item has no separator between key and value", "it is skipped"},
              {"a key is there several times", "the last one counts, at the place of the first"},
              {"the separator of key and value is there several times in an item", "the first one counts"},
              {"the text is empty", "an empty map"},
              {"a separator is empty, or both are equal", "an error when the program is compiled"}},
    .examples = {{"parse_weights(\"drama:0.5,war:2\")[\"war\"]", "2.0"},
                 {"keys(parse_weights(\"a:1,b:x,c\"))", "[\"a\"]"}},
    .cost = {.per_row = 40.0, .per_element = 2.0},
    .aliases = "parse_kv parse_key_values kv_to_map split_to_map_float weighted_tags",
    .see_also = "parse_map parse_id_weights parse_floats json_map_float",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
