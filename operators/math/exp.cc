// exp(x): e to the power x.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Exp {
  static double eval(double x) { return math::exp(x); }
};

constexpr Operator kOperator = {
    .name = "exp",
    .summary = "Raise e to a power",
    .parameters = {{"x", "the exponent"}},
    .overloads = {overload<"(x: float) -> float", Exp>()},
    .edges = {{"`x` is above 709.79: the result is not finite", "null"}, {"`x` is below -745.14", "0.0"}},
    .examples = {{"exp(0.0)", "1.0"}, {"exp(1.0)", "2.718281828459045"}, {"exp(1000.0)", "null"}},
    .cost = {.per_row = 0.8},
    .aliases = "exponential",
    .see_also = "expm1 log power",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
