// sin(x): the sine of an angle.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Sin {
  static double eval(double x) { return math::sin(x); }
  static void run(size_t rows, const double* x, double* out) { math::sin(x, out, rows); }
};

constexpr Operator kOperator = {
    .name = "sin",
    .summary = "Take the sine of an angle in radians",
    .detail = "Good to the last bit also for large angles. For a time of day or a day of the week see `cyclic_sin`.",
    .parameters = {{"x", "the angle in radians"}},
    .overloads = {overload<"(x: float) -> float", Sin>()},
    .examples = {{"sin(0.0)", "0.0"}, {"sin(1.0)", "0.8414709848078965"}},
    .cost = {.per_row = 1.5},
    .aliases = "sine",
    .see_also = "cos cyclic_sin radians",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
