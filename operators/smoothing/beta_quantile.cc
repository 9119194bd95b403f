// beta_quantile(p, a, b): the point below which a share of a beta distribution lies.
#include "feature_extractor/math.h"
#include "feature_extractor/math/beta_distribution.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BetaQuantile {
  static constexpr bool kRowByRow = true;
  static Nullable<double> eval(double p, double a, double b) {
    if (!(p >= 0.0 && p <= 1.0 && a > 0.0 && b > 0.0 && a <= math::kLargestShape && b <= math::kLargestShape)) {
      return null;
    }
    if (p == 0.0) return 0.0;
    if (p == 1.0) return 1.0;
    return math::beta_point(p, a, b);
  }
};

constexpr Operator kOperator = {
    .name = "beta_quantile",
    .summary = "Give the number below which a share of a beta distribution lies",
    .detail =
        "The inverse of `beta_cdf`. With a = hits + 1 and b = misses + 1 it is a bound of the true rate: "
        "`beta_quantile(0.05, clicks + 1, views - clicks + 1)` is a rate that the true one exceeds with 95 percent "
        "(a credible bound). With `p` from the hash of a key it draws from the distribution, as Thompson sampling "
        "does.",
    .parameters = {{"p", "the share, from 0 to 1"},
                   {"a", "the first shape, above 0 and at most 1,000,000"},
                   {"b", "the second shape, above 0 and at most 1,000,000"}},
    .overloads = {overload<"(p: float, a: float, b: float) -> float", BetaQuantile>()},
    .edges = {{"`p` is 0 or 1", "0.0 or 1.0"},
              {"`p` is outside 0..1", "null"},
              {"a shape is 0 or negative, or above 1,000,000", "null"}},
    .examples = {{"round(beta_quantile(0.5, 3.0, 3.0), 12)", "0.5"}, {"beta_quantile(1.0, 3.0, 4.0)", "1.0"}},
    .cost = {.per_row = 8000.0},
    .aliases = "inverse_beta_cdf beta_ppf qbeta betaincinv credible_bound thompson",
    .see_also = "beta_cdf wilson_lower bayes_average",
    .source = "NIST Digital Library of Mathematical Functions, section 8.17",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
