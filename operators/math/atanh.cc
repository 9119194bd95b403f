// atanh(x): the inverse hyperbolic tangent.
#include "feature_extractor/math.h"
#include "feature_extractor/math/inverse_hyperbolic.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Atanh {
  static double eval(double x) { return math::atanh(x); }
};

constexpr Operator kOperator = {
    .name = "atanh",
    .summary = "Take the inverse hyperbolic tangent",
    .detail = "`log((1 + x) / (1 - x)) / 2`, without its loss of digits near zero. Of a correlation it is Fisher's z.",
    .parameters = {{"x", "the number, between -1 and 1"}},
    .overloads = {overload<"(x: float) -> float", Atanh>()},
    .edges = {{"`x` is -1 or less, or 1 or more", "null"}},
    .examples = {{"atanh(0.0)", "0.0"}, {"atanh(1.0)", "null"}},
    .cost = {.per_row = 2.5},
    .aliases = "arctanh inverse_hyperbolic_tangent fisher_z",
    .see_also = "asinh acosh tanh",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
