// json_map(text, path): the members of an object in a JSON text, as texts.
#include "feature_extractor/json_members.h"
#include "feature_extractor/json_path.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JsonMap {
  using State = json::Path;
  static std::optional<State> bind(Text path, BindError& error) { return json::Path::read(path, error); }
  static bool eval(Arena& arena, const State& path, Text text, MapBuilder<Text, Text>& members) {
    return json::for_each_member(path, text, arena,
                                 [&](const json::Document& document, Text name, const json::Node& node) {
                                   const Nullable<Text> value = document.text_of(node, arena);
                                   if (value.has_value()) members.push_back(name, *value);
                                 });
  }
};

constexpr Operator kOperator = {
    .name = "json_map",
    .summary = "Read the members of an object in a JSON text into a map of texts",
    .detail =
        "The path is as for `json_get`, and the first value that it selects must be an object. Each value is as from "
        "`json_get`; members are in the order of the text.",
    .parameters = {{"text", "a JSON text (RFC 8259)"}, {"path", "which object, by JSONPath (RFC 9535)"}},
    .overloads = {overload<"(text: string, path: const string = \"$\") -> map<string, string>?", JsonMap>()},
    .edges = {{"the text is not JSON, or the path selects nothing or no object", "null"},
              {"a value is JSON's `null`", "its member is left out"},
              {"a name is there twice", "the first one counts, as for `json_get`"},
              {"the object is empty", "an empty map"},
              {"the path is not a JSONPath query", "an error when the program is compiled"}},
    .examples = {{"json_map(\"{\\\"os\\\": \\\"iOS\\\", \\\"version\\\": 17}\")[\"version\"]", "\"17\""},
                 {"keys(json_map(\"{\\\"a\\\": {\\\"x\\\": 1, \\\"y\\\": null}}\", \"$.a\"))", "[\"x\"]"},
                 {"json_map(\"[1]\")", "null"}},
    .cost = {.per_row = 90.0, .per_element = 2.5},
    .aliases = "json_to_map from_json JSONExtractKeysAndValues json_object_to_map json_each",
    .see_also = "json_map_float json_get json_list parse_map",
    .source = "https://www.rfc-editor.org/rfc/rfc9535 and https://www.rfc-editor.org/rfc/rfc8259",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
