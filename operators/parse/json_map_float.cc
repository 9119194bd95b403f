// json_map_float(text, path): the numbers among the members of an object in a JSON text.
#include "feature_extractor/json_members.h"
#include "feature_extractor/json_path.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JsonMapFloat {
  using State = json::Path;
  static std::optional<State> bind(Text path, BindError& error) { return json::Path::read(path, error); }
  static bool eval(Arena& arena, const State& path, Text text, MapBuilder<Text, double>& members) {
    return json::for_each_member(path, text, arena,
                                 [&](const json::Document& document, Text name, const json::Node& node) {
                                   const Nullable<double> value = document.float_of(node);
                                   if (value.has_value()) members.push_back(name, *value);
                                 });
  }
};

constexpr Operator kOperator = {
    .name = "json_map_float",
    .summary = "Read the members of an object in a JSON text that are numbers into a map",
    .detail =
        "The path is as for `json_get`, and the first value that it selects must be an object, such as one of weights "
        "by word. Each value is as from `json_get_float`; members are in the order of the text.",
    .parameters = {{"text", "a JSON text (RFC 8259)"}, {"path", "which object, by JSONPath (RFC 9535)"}},
    .overloads = {overload<"(text: string, path: const string = \"$\") -> map<string, float>?", JsonMapFloat>()},
    .edges = {{"the text is not JSON, or the path selects nothing or no object", "null"},
              {"a value is not a number, or too large for a double", "its member is left out"},
              {"a name is there twice", "the first one counts, as for `json_get`"},
              {"the object is empty", "an empty map"},
              {"the path is not a JSONPath query", "an error when the program is compiled"}},
    .examples = {{"json_map_float(\"{\\\"drama\\\": 0.5, \\\"war\\\": 2}\")[\"war\"]", "2.0"},
                 {"keys(json_map_float(\"{\\\"a\\\": 1, \\\"b\\\": \\\"2\\\"}\"))", "[\"a\"]"},
                 {"json_map_float(\"{\\\"a\\\": 1\")", "null"}},
    .cost = {.per_row = 100.0, .per_element = 2.5},
    .aliases = "json_weights json_to_float_map JSONExtractKeysAndValuesFloat",
    .see_also = "json_map json_get_float parse_weights",
    .source = "https://www.rfc-editor.org/rfc/rfc9535 and https://www.rfc-editor.org/rfc/rfc8259",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
