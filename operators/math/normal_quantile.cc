// normal_quantile(p): the number below which a share of the normal distribution lies.
#include "feature_extractor/math.h"
#include "feature_extractor/math/normal_distribution.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct NormalQuantile {
  static double eval(double p) { return math::normal_quantile(p); }
};

constexpr Operator kOperator = {
    .name = "normal_quantile",
    .summary = "Give the number below which a share of the standard normal distribution lies",
    .detail =
        "The inverse of `normal_cdf`: it makes a rank between 0 and 1 normal. The z of a confidence of 95 percent is "
        "`normal_quantile(0.975)`.",
    .parameters = {{"p", "the share, between 0 and 1"}},
    .overloads = {overload<"(p: float) -> float", NormalQuantile>()},
    .edges = {{"`p` is 0 or less, or 1 or more", "null"}},
    .examples = {{"normal_quantile(0.5)", "0.0"}, {"normal_quantile(1.0)", "null"}},
    .cost = {.per_row = 8.0},
    .aliases = "inverse_normal_cdf probit norm_ppf qnorm ndtri quantile_normal",
    .see_also = "normal_cdf log_odds",
    .source = "M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
