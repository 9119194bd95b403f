// json_get_bool(text, path): one truth value of a JSON text.
#include "feature_extractor/json_path.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JsonGetBool {
  static constexpr bool kRepeats = true;
  using State = json::Path;
  static std::optional<State> bind(Text path, BindError& error) { return json::Path::read(path, error); }
  static Nullable<bool> eval(Arena& arena, const State& path, Text text) {
    const json::First first(path, text, arena);
    if (!first.node.has_value()) return null;
    return first.document.bool_of(*first.node);
  }
};

constexpr Operator kOperator = {
    .name = "json_get_bool",
    .summary = "Take `true` or `false` out of a JSON text",
    .detail = "The path is as for `json_get`.",
    .parameters = {{"text", "a JSON text (RFC 8259)"}, {"path", "which value, by JSONPath (RFC 9535)"}},
    .overloads = {overload<"(text: string, path: const string) -> bool?", JsonGetBool>()},
    .edges = {{"the text is not JSON, or the path selects nothing", "null"},
              {"the value is a number, a string, an array, an object or null", "null; 1 is not true"},
              {"the path is not a JSONPath query", "an error when the program is compiled"}},
    .examples = {{"json_get_bool(\"{\\\"new\\\": true}\", \"$.new\")", "true"},
                 {"json_get_bool(\"[0]\", \"$[0]\")", "null"}},
    .cost = {.per_row = 60.0, .per_element = 1.5},
    .aliases = "JSONExtractBool json_extract_bool json_bool",
    .see_also = "json_get json_get_int parse_bool",
    .source = "https://www.rfc-editor.org/rfc/rfc9535 and https://www.rfc-editor.org/rfc/rfc8259",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
