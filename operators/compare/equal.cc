// equal(x, y): x == y.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Equal {
  static bool eval(T x, T y) { return x == y; }
};

constexpr Operator kOperator = {
    .name = "equal",
    .summary = "Tell whether two values are equal",
    .detail = "Both sides have one type; an int beside a float is made a float first.",
    .syntax = "==",
    .parameters = {{"x", "the left side"}, {"y", "the right side"}},
    .overloads = {generic_overload<"<T: ordered>(x: T, y: T) -> bool", Equal, bool, int64_t, double, Text>()},
    .edges = {{"strings", "equal when all their bytes are; no case folding, no normalisation"},
              {"bools", "`false` comes before `true`"},
              {"a side is null", "null"}},
    .examples = {{"1 == 1", "true"}, {"\"a\" == \"b\"", "false"}, {"1 == 1.0", "true"}},
    .cost = {.per_row = 0.3},
    .algebra = "commutative",
    .aliases = "eq equals eq_num",
    .see_also = "not_equal contains",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
