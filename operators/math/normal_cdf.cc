// normal_cdf(x): the share of a normal distribution below x.
#include "feature_extractor/math.h"
#include "feature_extractor/math/normal_distribution.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct NormalCdf {
  static double eval(double x) { return math::normal_cdf(x); }
};

constexpr Operator kOperator = {
    .name = "normal_cdf",
    .summary = "Give the share of the standard normal distribution that lies below a number",
    .detail = "Of another normal distribution: `normal_cdf(z_score(x, mean, deviation))`. It maps any score to 0..1.",
    .parameters = {{"x", "the number, in standard deviations from the mean"}},
    .overloads = {overload<"(x: float) -> float", NormalCdf>()},
    .edges = {{"`x` is above 8.3", "1.0"}, {"`x` is below -38.5", "0.0"}},
    .examples = {{"normal_cdf(0.0)", "0.5"}, {"normal_cdf(-40.0)", "0.0"}},
    .cost = {.per_row = 10.0},
    .aliases = "norm_cdf standard_normal_cdf gaussian_cdf pnorm ndtr",
    .see_also = "normal_quantile z_score erf",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
