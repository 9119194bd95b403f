// acosh(x): the inverse hyperbolic cosine.
#include "feature_extractor/math.h"
#include "feature_extractor/math/inverse_hyperbolic.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Acosh {
  static double eval(double x) { return math::acosh(x); }
};

constexpr Operator kOperator = {
    .name = "acosh",
    .summary = "Take the inverse hyperbolic cosine",
    .detail = "`log(x + sqrt(x ** 2 - 1))`, without its loss of digits near 1.",
    .parameters = {{"x", "the number, 1 or more"}},
    .overloads = {overload<"(x: float) -> float", Acosh>()},
    .edges = {{"`x` is below 1", "null"}},
    .examples = {{"acosh(1.0)", "0.0"}, {"acosh(0.5)", "null"}},
    .cost = {.per_row = 2.5},
    .aliases = "arccosh inverse_hyperbolic_cosine",
    .see_also = "asinh atanh cosh",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
