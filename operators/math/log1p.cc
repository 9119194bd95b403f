// log1p(x): log(1 + x).
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Log1p {
  static double eval(double x) { return math::log1p(x); }
};

constexpr Operator kOperator = {
    .name = "log1p",
    .summary = "Take the natural logarithm of 1 + x, without the loss of digits near zero",
    .detail = "The usual transform of counts, since it maps 0 to 0. For negative values see `signed_log`.",
    .parameters = {{"x", "the number, above -1"}},
    .overloads = {overload<"(x: float) -> float", Log1p>()},
    .edges = {{"`x` is -1 or less", "null"}},
    .examples = {{"log1p(0)", "0.0"}, {"log1p(1e-10)", "9.999999999500001e-11"}, {"log1p(-1.0)", "null"}},
    .cost = {.per_row = 0.6},
    .aliases = "LogOp log_plus_one",
    .see_also = "log expm1 signed_log",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
