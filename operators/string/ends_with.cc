// ends_with(s, suffix): whether a text ends with another.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct EndsWith {
  static bool eval(Text s, Text suffix) { return s.ends_with(suffix); }
};

constexpr Operator kOperator = {
    .name = "ends_with",
    .summary = "Tell whether a text ends with another",
    .detail = "Compares code points, without folding case or normalising.",
    .parameters = {{"s", "the text"}, {"suffix", "the text that it may end with"}},
    .overloads = {overload<"(s: string, suffix: string) -> bool", EndsWith>()},
    .edges = {{"`suffix` is empty", "true"}, {"`suffix` is longer than the text", "false"}},
    .examples = {{"ends_with(\"ranking.fx\", \".fx\")", "true"}, {"ends_with(\"ranking.fx\", \".FX\")", "false"}},
    .cost = {.per_row = 2.0},
    .aliases = "endswith suffix has_suffix endsWith",
    .see_also = "starts_with contains regex_match",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
