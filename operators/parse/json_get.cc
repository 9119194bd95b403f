// json_get(text, path): one value of a JSON text, as text.
#include "feature_extractor/json_path.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JsonGet {
  static constexpr bool kRepeats = true;
  using State = json::Path;
  static std::optional<State> bind(Text path, BindError& error) { return json::Path::read(path, error); }
  static Nullable<Text> eval(Arena& arena, const State& path, Text text) {
    const json::First first(path, text, arena);
    if (!first.node.has_value()) return null;
    return first.document.text_of(*first.node, arena);
  }
};

constexpr Operator kOperator = {
    .name = "json_get",
    .summary = "Take one value out of a JSON text, as text",
    .detail =
        "The path is a JSONPath query of RFC 9535: `$.user.name`, `$.items[0]`, `$['a b']`, `$..id`, and with a filter "
        "`$.items[?@.price < 10].id`. The first value that it selects counts. A string loses its quotes and escapes; a "
        "number, `true` and `false` are as they are written, and an array or object is its JSON text. The whole text "
        "is checked, in one pass.",
    .parameters = {{"text", "a JSON text (RFC 8259)"}, {"path", "which value; `$` is the whole text"}},
    .overloads = {overload<"(text: string, path: const string) -> string?", JsonGet>()},
    .edges = {{"the text is not JSON, also behind the value", "null"},
              {"the path selects nothing, or JSON's `null`", "null"},
              {"the path is not a JSONPath query", "an error when the program is compiled"},
              {"an object has the name twice", "the first one counts"},
              {"a string has half of a surrogate pair, such as `\\ud800`", "U+FFFD stands for it"},
              {"a number has more digits than any type holds", "they are all there"},
              {"nesting", "any depth"},
              {"several `..`, or a filter in a filter, on a large text", "null beyond about 4 million steps"}},
    .examples = {{"json_get(\"{\\\"user\\\": {\\\"name\\\": \\\"Ann\\\"}}\", \"$.user.name\")", "\"Ann\""},
                 {"json_get(\"{\\\"ids\\\": [7, 8]}\", \"$.ids\")", "\"[7, 8]\""},
                 {"json_get(\"{\\\"a\\\": null}\", \"$.a\")", "null"},
                 {"json_get(\"{\\\"a\\\": \", \"$.a\")", "null"}},
    .cost = {.per_row = 60.0, .per_element = 1.5},
    .aliases = "get_json_object json_extract json_extract_scalar json_value json_path JSONExtractString json_query",
    .see_also = "json_get_int json_get_float json_get_bool json_list json_map",
    .source = "https://www.rfc-editor.org/rfc/rfc9535 and https://www.rfc-editor.org/rfc/rfc8259",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
