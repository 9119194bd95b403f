// json_get_float(text, path): one number of a JSON text.
#include "feature_extractor/json_path.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JsonGetFloat {
  static constexpr bool kRepeats = true;
  using State = json::Path;
  static std::optional<State> bind(Text path, BindError& error) { return json::Path::read(path, error); }
  static Nullable<double> eval(Arena& arena, const State& path, Text text) {
    const json::First first(path, text, arena);
    if (!first.node.has_value()) return null;
    return first.document.float_of(*first.node);
  }
};

constexpr Operator kOperator = {
    .name = "json_get_float",
    .summary = "Take one number out of a JSON text",
    .detail =
        "The path is as for `json_get`. The result is the double nearest to the number, ties to even. For a number in "
        "quotes write `json_get(text, path).parse_float()`.",
    .parameters = {{"text", "a JSON text (RFC 8259)"}, {"path", "which value, by JSONPath (RFC 9535)"}},
    .overloads = {overload<"(text: string, path: const string) -> float?", JsonGetFloat>()},
    .edges = {{"the text is not JSON, or the path selects nothing", "null"},
              {"the value is a string, a bool, an array, an object or null", "null"},
              {"the number is too large for a double", "null"},
              {"the number is too small for a double", "0.0"},
              {"the path is not a JSONPath query", "an error when the program is compiled"}},
    .examples = {{"json_get_float(\"{\\\"price\\\": 9.5}\", \"$.price\")", "9.5"},
                 {"json_get_float(\"[1e400]\", \"$[0]\")", "null"},
                 {"json_get_float(\"{\\\"price\\\": \\\"9.5\\\"}\", \"$.price\")", "null"}},
    .cost = {.per_row = 70.0, .per_element = 1.5},
    .aliases = "JSONExtractFloat json_extract_float get_json_double json_double json_float",
    .see_also = "json_get json_get_int json_list_float parse_float",
    .source = "https://www.rfc-editor.org/rfc/rfc9535 and https://www.rfc-editor.org/rfc/rfc8259",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
