// json_get_int(text, path): one integer of a JSON text.
#include "feature_extractor/json_path.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JsonGetInt {
  static constexpr bool kRepeats = true;
  using State = json::Path;
  static std::optional<State> bind(Text path, BindError& error) { return json::Path::read(path, error); }
  static Nullable<int64_t> eval(Arena& arena, const State& path, Text text) {
    const json::First first(path, text, arena);
    if (!first.node.has_value()) return null;
    return first.document.int_of(*first.node);
  }
};

constexpr Operator kOperator = {
    .name = "json_get_int",
    .summary = "Take one integer out of a JSON text",
    .detail =
        "The path is as for `json_get`. The value must be a number without a fraction; JSON does not tell `2.0` and "
        "`2e0` from `2`. For an integer in quotes write `json_get(text, path).parse_int()`.",
    .parameters = {{"text", "a JSON text (RFC 8259)"}, {"path", "which value, by JSONPath (RFC 9535)"}},
    .overloads = {overload<"(text: string, path: const string) -> int?", JsonGetInt>()},
    .edges = {{"the text is not JSON, or the path selects nothing", "null"},
              {"the value is a string, a bool, an array, an object or null", "null"},
              {"the number has a fraction", "null"},
              {"the number does not fit 64 bits", "null"},
              {"a number with a point or an exponent", "null if it is greater than 2^53"},
              {"the path is not a JSONPath query", "an error when the program is compiled"}},
    .examples = {{"json_get_int(\"{\\\"clicks\\\": 12}\", \"$.clicks\")", "12"},
                 {"json_get_int(\"[1, 2.0, 3]\", \"$[1]\")", "2"},
                 {"json_get_int(\"[\\\"1\\\"]\", \"$[0]\")", "null"}},
    .cost = {.per_row = 60.0, .per_element = 1.5},
    .aliases = "JSONExtractInt json_extract_int get_json_int json_int json_extract_long",
    .see_also = "json_get json_get_float json_list_int parse_int",
    .source = "https://www.rfc-editor.org/rfc/rfc9535 and https://www.rfc-editor.org/rfc/rfc8259",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
