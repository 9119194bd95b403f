// softplus(x): a smooth ramp.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Softplus {
  static double eval(double x) { return math::at_least(x, 0.0) + math::log1p(math::exp(0.0 - math::magnitude(x))); }
};

constexpr Operator kOperator = {
    .name = "softplus",
    .summary = "Map a number to a positive one by the smooth ramp log(1 + exp(x))",
    .detail = "Never overflows. The ramp with a corner (relu) is `maximum(x, 0.0)`.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Softplus>()},
    .edges = {{"`x` is large", "`x`"}, {"`x` is very negative", "close to 0, and 0.0 below -745.14"}},
    .examples = {{"softplus(0.0)", "0.6931471805599453"}, {"softplus(1000.0)", "1000.0"}},
    .cost = {.per_row = 2.0},
    .aliases = "smooth_relu log1pexp",
    .see_also = "sigmoid log1p maximum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
