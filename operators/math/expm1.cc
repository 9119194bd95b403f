// expm1(x): exp(x) - 1.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Expm1 {
  static double eval(double x) { return math::expm1(x); }
};

constexpr Operator kOperator = {
    .name = "expm1",
    .summary = "Raise e to a power and subtract 1, without the loss of digits near zero",
    .detail = "The inverse of `log1p`.",
    .parameters = {{"x", "the exponent"}},
    .overloads = {overload<"(x: float) -> float", Expm1>()},
    .edges = {{"`x` is above 709.79: the result is not finite", "null"}, {"`x` is below -37.5", "-1.0"}},
    .examples = {{"expm1(0.0)", "0.0"}, {"expm1(1e-10)", "1.00000000005e-10"}},
    .cost = {.per_row = 0.9},
    .aliases = "exp_minus_one",
    .see_also = "log1p exp",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
