// erf(x): the error function.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Erf {
  static double eval(double x) { return math::erf(x); }
};

constexpr Operator kOperator = {
    .name = "erf",
    .summary = "Take the error function",
    .detail = "`2 / sqrt(pi)` times the integral of `exp(-t ** 2)` from 0 to `x`.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Erf>()},
    .edges = {{"`x` is above 5.93 in magnitude", "1.0 or -1.0"}},
    .examples = {{"erf(0.0)", "0.0"}, {"erf(1.0)", "0.8427007929497149"}},
    .cost = {.per_row = 3.0},
    .aliases = "error_function",
    .see_also = "erfc normal_cdf",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
