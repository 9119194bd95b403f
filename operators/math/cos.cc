// cos(x): the cosine of an angle.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Cos {
  static double eval(double x) { return math::cos(x); }
  static void run(size_t rows, const double* x, double* out) { math::cos(x, out, rows); }
};

constexpr Operator kOperator = {
    .name = "cos",
    .summary = "Take the cosine of an angle in radians",
    .detail = "Good to the last bit also for large angles. For a time of day or a day of the week see `cyclic_cos`.",
    .parameters = {{"x", "the angle in radians"}},
    .overloads = {overload<"(x: float) -> float", Cos>()},
    .examples = {{"cos(0.0)", "1.0"}, {"cos(1.0)", "0.5403023058681398"}},
    .cost = {.per_row = 1.5},
    .aliases = "cosine",
    .see_also = "sin cyclic_cos radians",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
