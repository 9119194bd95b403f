// starts_with(s, prefix): whether a text starts with another.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct StartsWith {
  static bool eval(Text s, Text prefix) { return s.starts_with(prefix); }
};

constexpr Operator kOperator = {
    .name = "starts_with",
    .summary = "Tell whether a text starts with another",
    .detail = "Compares code points, without folding case or normalising.",
    .parameters = {{"s", "the text"}, {"prefix", "the text that it may start with"}},
    .overloads = {overload<"(s: string, prefix: string) -> bool", StartsWith>()},
    .edges = {{"`prefix` is empty", "true"}, {"`prefix` is longer than the text", "false"}},
    .examples = {{"starts_with(\"feature\", \"feat\")", "true"}, {"starts_with(\"feature\", \"F\")", "false"}},
    .cost = {.per_row = 2.0},
    .aliases = "startswith prefix has_prefix startsWith",
    .see_also = "ends_with contains regex_match",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
