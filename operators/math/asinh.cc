// asinh(x): the inverse hyperbolic sine.
#include "feature_extractor/math.h"
#include "feature_extractor/math/inverse_hyperbolic.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Asinh {
  static double eval(double x) { return math::asinh(x); }
};

constexpr Operator kOperator = {
    .name = "asinh",
    .summary = "Compress a number of either sign like a logarithm, by the inverse hyperbolic sine",
    .detail =
        "`log(x + sqrt(x ** 2 + 1))`: like `x` near zero and like `log(2 * x)` far from it, so it needs no special "
        "case for zero or negative numbers. With a location and a scale: `asinh((x - location) / scale)`.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Asinh>()},
    .edges = {{"`x` is negative", "the result of its magnitude, negative"}},
    .examples = {{"asinh(0.0)", "0.0"}, {"asinh(1.0)", "0.881373587019543"}},
    .cost = {.per_row = 2.5},
    .aliases = "arcsinh inverse_hyperbolic_sine arcsinh_scale area_hyperbolic_sine",
    .see_also = "signed_log sinh acosh atanh",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
