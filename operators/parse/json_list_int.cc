// json_list_int(text, path): the integers that a path selects in a JSON text.
#include "feature_extractor/json_path.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JsonListInt {
  using State = json::Path;
  static std::optional<State> bind(Text path, BindError& error) { return json::Path::read(path, error); }
  static bool eval(Arena& arena, const State& path, Text text, ListBuilder<int64_t>& values) {
    return json::for_each(path, text, arena, [&](const json::Document& document, const json::Node& node) {
      values.push_back(document.int_of(node));
    });
  }
};

constexpr Operator kOperator = {
    .name = "json_list_int",
    .summary = "List the integers that a path selects in a JSON text",
    .detail =
        "The path is as for `json_list`: `$.xs[*]` selects the elements of the array `xs`. Each value is as from "
        "`json_get_int`; one that is not of that type is a null element, so that positions stay.",
    .parameters = {{"text", "a JSON text (RFC 8259)"}, {"path", "which values, by JSONPath (RFC 9535)"}},
    .overloads = {overload<"(text: string, path: const string) -> list<int?>?", JsonListInt>()},
    .edges = {{"the text is not JSON", "null"},
              {"the path selects nothing", "an empty list"},
              {"the path selects an array, as `$.xs` does", "a list of one null"},
              {"a value is of another type, or out of range", "a null element"},
              {"the path is not a JSONPath query", "an error when the program is compiled"}},
    .examples = {{"json_list_int(\"{\\\"ids\\\": [7, 8]}\", \"$.ids[*]\")", "[7, 8]"},
                 {"json_list_int(\"[1, \\\"2\\\", 3.5]\", \"$[*]\")", "[1, null, null]"}},
    .cost = {.per_row = 60.0, .per_element = 2.0},
    .aliases = "json_ints JSONExtractArrayInt json_int_array",
    .see_also = "json_list json_get_int parse_ints",
    .source = "https://www.rfc-editor.org/rfc/rfc9535 and https://www.rfc-editor.org/rfc/rfc8259",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
