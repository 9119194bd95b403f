// not(x): the opposite condition.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Not {
  static bool eval(bool x) { return !x; }
};

constexpr Operator kOperator = {
    .name = "not",
    .summary = "Tell whether a condition does not hold",
    .syntax = "not",
    .parameters = {{"x", "the condition"}},
    .overloads = {overload<"(x: bool) -> bool", Not>()},
    .edges = {{"`x` is null", "null"}},
    .examples = {{"not true", "false"}, {"not (1 > 2)", "true"}},
    .cost = {.per_row = 0.1},
    .aliases = "logical_not ! invert negation",
    .see_also = "and or",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
