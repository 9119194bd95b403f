// cosh(x): the hyperbolic cosine.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Cosh {
  static double eval(double x) { return math::cosh(x); }
};

constexpr Operator kOperator = {
    .name = "cosh",
    .summary = "Take the hyperbolic cosine",
    .detail = "`(exp(x) + exp(-x)) / 2`.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Cosh>()},
    .edges = {{"the result is not finite, above 710.48 in magnitude", "null"}},
    .examples = {{"cosh(0.0)", "1.0"}, {"cosh(1.0)", "1.5430806348152437"}},
    .cost = {.per_row = 2.0},
    .aliases = "hyperbolic_cosine",
    .see_also = "sinh tanh acosh",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
