// json_list(text, path): all values that a path selects in a JSON text, as texts.
#include "feature_extractor/json_path.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JsonList {
  using State = json::Path;
  static std::optional<State> bind(Text path, BindError& error) { return json::Path::read(path, error); }
  static bool eval(Arena& arena, const State& path, Text text, ListBuilder<Text>& values) {
    return json::for_each(path, text, arena, [&](const json::Document& document, const json::Node& node) {
      values.push_back(document.text_of(node, arena));
    });
  }
};

constexpr Operator kOperator = {
    .name = "json_list",
    .summary = "List all values that a path selects in a JSON text, as texts",
    .detail =
        "The path is a JSONPath query of RFC 9535: `$.tags[*]` selects the elements of the array "
        "`tags`, `$.items[*].id` a field of each item, `$..id` each `id` at any depth, `$.items[?@.price < 10 && "
        "match(@.brand, 'A.*')]` the items that pass a filter. Each value is as from "
        "`json_get`, and they are in the order of the RFC.",
    .parameters = {{"text", "a JSON text (RFC 8259)"}, {"path", "which values"}},
    .overloads = {overload<"(text: string, path: const string) -> list<string?>?", JsonList>()},
    .edges = {{"the text is not JSON", "null"},
              {"the path selects nothing", "an empty list"},
              {"the path selects an array, as `$.tags` does", "a list of one text: that of the array"},
              {"a value is JSON's `null`", "a null element"},
              {"an object has a name twice", "`.name` selects the first one, `*` and `..` all of them"},
              {"the path selects a value twice", "it is there twice"},
              {"the path is not a JSONPath query", "an error when the program is compiled"},
              {"a filter compares values of different types", "they are neither equal nor one less than the other"},
              {"a filter compares numbers", "ints exactly up to 64 bits, other numbers as floats"},
              {"the pattern of `match` or `search` stands in the document",
               "an error: a pattern is read once, when the program is compiled"},
              {"several `..`, or a filter in a filter, on a large text", "null beyond about 4 million steps"}},
    .examples =
        {{"json_list(\"[{\\\"id\\\": 5, \\\"p\\\": 9.5}, {\\\"id\\\": 6, \\\"p\\\": 20}]\", \"$[?@.p < 10].id\")",
          "[\"5\"]"},
         {"json_list(\"{\\\"tags\\\": [\\\"new\\\", \\\"red\\\"]}\", \"$.tags[*]\")", "[\"new\", \"red\"]"},
         {"json_list(\"[{\\\"id\\\": 5}, {\\\"id\\\": 6}]\", \"$[*].id\")", "[\"5\", \"6\"]"},
         {"json_list(\"{}\", \"$.tags[*]\")", "[]"},
         {"json_list(\"[1, 2\", \"$[*]\")", "null"}},
    .cost = {.per_row = 60.0, .per_element = 2.0},
    .aliases = "json_array json_extract_array JSONExtractArrayRaw from_json json_to_list json_path_query",
    .see_also = "json_get json_list_int json_list_float json_map",
    .source =
        "https://www.rfc-editor.org/rfc/rfc9535, https://www.rfc-editor.org/rfc/rfc9485 (patterns) and "
        "https://www.rfc-editor.org/rfc/rfc8259",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
