// parse_id_weights(text, item_separator, key_value_separator): a map of weights by id from one text.
#include "feature_extractor/key_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseIdWeights {
  using State = KeyValueSeparators;
  static std::optional<State> bind(Text item_separator, Text key_value_separator, BindError& error) {
    return KeyValueSeparators::bind(item_separator, key_value_separator, error);
  }
  static void eval(Arena& arena, const State& separators, Text text, MapBuilder<int64_t, double>& result) {
    read_key_values<int64_t, double>(
        separators, text, arena, result, [](Text value) { return read_int(text::trim_end(text::trim_start(value))); },
        [](Text value) { return read_float(text::trim_end(text::trim_start(value))); });
  }
};

constexpr Operator kOperator = {
    .name = "parse_id_weights",
    .summary = "Read a map of weights by id from items such as `17:0.5,42:2`",
    .detail = "Around a number white space is skipped. Ids are read as by `parse_int`, weights as by `parse_float`.",
    .parameters = {{"text", "items with separators between them"},
                   {"item_separator", "what stands between two items"},
                   {"key_value_separator", "what stands between a key and its value"}},
    .overloads = {overload<"(text: string, item_separator: const string = \",\", key_value_separator: const string = "
                           "\":\") -> map<int, float>",
                           ParseIdWeights>()},
    .edges = {{"an id is not an integer of 64 bits", "its item is skipped"},
              {"a weight is not a number, or too large", "its item is skipped"},
              {"an item has no separator between key and value", "it is skipped"},
              {"a key is there several times", "the last one counts, at the place of the first"},
              {"the separator of key and value is there several times in an item", "the first one counts"},
              {"the text is empty", "an empty map"},
              {"a separator is empty, or both are equal", "an error when the program is compiled"}},
    .examples = {{"parse_id_weights(\"17:0.5,42:2\")[42]", "2.0"}, {"keys(parse_id_weights(\"1:1,x:2,1:3\"))", "[1]"}},
    .cost = {.per_row = 40.0, .per_element = 2.0},
    .aliases = "parse_weighted_ids parse_sparse libsvm parse_libsvm",
    .see_also = "parse_weights parse_ints",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
