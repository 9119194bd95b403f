// tan(x): the tangent of an angle.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Tan {
  static double eval(double x) { return math::tan(x); }
  static void run(size_t rows, const double* x, double* out) { math::tan(x, out, rows); }
};

constexpr Operator kOperator = {
    .name = "tan",
    .summary = "Take the tangent of an angle in radians",
    .detail = "Good to the last bit also for large angles.",
    .parameters = {{"x", "the angle in radians"}},
    .overloads = {overload<"(x: float) -> float", Tan>()},
    .edges = {{"an odd multiple of a right angle", "a huge number: no float is exactly such an angle"}},
    .examples = {{"tan(0.0)", "0.0"}, {"tan(1.0)", "1.5574077246549023"}},
    .cost = {.per_row = 2.0},
    .aliases = "tangent",
    .see_also = "sin cos atan radians",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
