// parse_map(text, item_separator, key_value_separator): a map of texts from one text.
#include "feature_extractor/key_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseMap {
  using State = KeyValueSeparators;
  static std::optional<State> bind(Text item_separator, Text key_value_separator, BindError& error) {
    return KeyValueSeparators::bind(item_separator, key_value_separator, error);
  }
  static void eval(Arena& arena, const State& separators, Text text, MapBuilder<Text, Text>& result) {
    read_key_values<Text, Text>(separators, text, arena, result, text_key,
                                [](Text value) { return Nullable<Text>(value); });
  }
};

constexpr Operator kOperator = {
    .name = "parse_map",
    .summary = "Read a map of texts from items such as `k1:v1,k2:v2`",
    .detail = "Keys and values are as they stand between the separators, with their spaces. Nothing is unescaped.",
    .parameters = {{"text", "items with separators between them"},
                   {"item_separator", "what stands between two items"},
                   {"key_value_separator", "what stands between a key and its value"}},
    .overloads = {overload<"(text: string, item_separator: const string = \",\", key_value_separator: const string = "
                           "\":\") -> map<string, string>",
                           ParseMap>()},
    .edges = {{"a key is empty", "its item is skipped"},
              {"a value is empty", "an empty text"},
              {"an item has no separator between key and value", "it is skipped"},
              {"a key is there several times", "the last one counts, at the place of the first"},
              {"the separator of key and value is there several times in an item", "the first one counts"},
              {"the text is empty", "an empty map"},
              {"a separator is empty, or both are equal", "an error when the program is compiled"}},
    .examples = {{"parse_map(\"os:ios,lang:de\")[\"lang\"]", "\"de\""},
                 {"keys(parse_map(\"a=1; b; a=2\", \"; \", \"=\"))", "[\"a\"]"}},
    .cost = {.per_row = 40.0, .per_element = 2.0},
    .aliases = "str_to_map split_to_map parse_key_values parse_kv split_by_key to_map kv_parse",
    .see_also = "parse_weights parse_id_weights parse_query json_map",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
