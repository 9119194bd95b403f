// sinh(x): the hyperbolic sine.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Sinh {
  static double eval(double x) { return math::sinh(x); }
};

constexpr Operator kOperator = {
    .name = "sinh",
    .summary = "Take the hyperbolic sine",
    .detail = "`(exp(x) - exp(-x)) / 2`, without its loss of digits near zero.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Sinh>()},
    .edges = {{"the result is not finite, above 710.48 in magnitude", "null"}},
    .examples = {{"sinh(0.0)", "0.0"}, {"sinh(1.0)", "1.1752011936438014"}},
    .cost = {.per_row = 2.0},
    .aliases = "hyperbolic_sine",
    .see_also = "cosh tanh asinh",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
