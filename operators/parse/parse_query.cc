// parse_query(text): the parameters of a query.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"
#include "feature_extractor/url.h"

namespace feature_extractor {
namespace {

struct ParseQuery {
  static void eval(Arena& arena, Text text, MapBuilder<Text, Text>& parameters) {
    uint32_t most = 1;
    for (const char c : text) most += c == '&' ? 1 : 0;
    HashIndex<Text> names;
    names.start(most, arena);
    url::for_each_parameter(text, [&](Text name, Text value) {
      const Text decoded = url::decode(name, true, arena);
      const uint32_t before = names.size();
      if (names.insert(decoded) == before) parameters.push_back(decoded, url::decode(value, true, arena));
      return true;
    });
  }
};

constexpr Operator kOperator = {
    .name = "parse_query",
    .summary = "Read the parameters of an address or a form into a map",
    .detail =
        "Parameters are `name=value` with `&` between them, as `url_query` gives them. Names and values are decoded: "
        "`%XX` is a byte of UTF-8, `+` is a space. The order is that of the text.",
    .parameters = {{"text", "a query, without `?`"}},
    .overloads = {overload<"(text: string) -> map<string, string>", ParseQuery>()},
    .edges = {{"a name is there several times", "the first one counts"},
              {"a parameter has no `=`", "its value is an empty text"},
              {"nothing is between two `&`", "is skipped"},
              {"decoded bytes are not UTF-8", "U+FFFD stands for them"},
              {"the text is empty", "an empty map"},
              {"a name is empty, as in `=1`", "it is a name like any other"}},
    .examples = {{"parse_query(\"q=red+shoes&page=2\")[\"q\"]", "\"red shoes\""},
                 {"keys(parse_query(\"a=1&b&a=2\"))", "[\"a\", \"b\"]"}},
    .cost = {.per_row = 40.0, .per_element = 2.0},
    .aliases = "parse_qs str_to_map extractURLParameters query_string_to_map",
    .see_also = "url_query url_query_parameter parse_map",
    .source = "https://url.spec.whatwg.org/#urlencoded-parsing",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
