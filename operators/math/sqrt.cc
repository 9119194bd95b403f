// sqrt(x): the square root.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Sqrt {
  static double eval(double x) { return math::sqrt(x); }
};

constexpr Operator kOperator = {
    .name = "sqrt",
    .summary = "Take the square root",
    .detail = "Correctly rounded.",
    .parameters = {{"x", "the number, zero or more"}},
    .overloads = {overload<"(x: float) -> float", Sqrt>()},
    .edges = {{"`x` is negative", "null"}},
    .examples = {{"sqrt(9.0)", "3.0"}, {"sqrt(2)", "1.4142135623730951"}, {"sqrt(-1.0)", "null"}},
    .cost = {.per_row = 0.9},
    .aliases = "square_root root",
    .see_also = "cbrt power hypot",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
