// beta_cdf(x, a, b): the share of a beta distribution below a point.
#include "feature_extractor/math.h"
#include "feature_extractor/math/beta_distribution.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BetaCdf {
  static constexpr bool kRowByRow = true;
  static Nullable<double> eval(double x, double a, double b) {
    if (!(a > 0.0 && b > 0.0 && a <= math::kLargestShape && b <= math::kLargestShape)) return null;
    return math::beta_share(x, 1.0 - x, a, b);
  }
};

constexpr Operator kOperator = {
    .name = "beta_cdf",
    .summary = "Give the share of a beta distribution that lies below a number",
    .detail =
        "The regularised incomplete beta function I_x(a, b). With a = hits + 1 and b = misses + 1 it is the "
        "probability that the true rate is below `x`, after what was seen: `1.0 - beta_cdf(0.05, clicks + 1, views - "
        "clicks + 1)` is how sure we are that a rate is above 5 percent.",
    .parameters = {{"x", "the point"},
                   {"a", "the first shape, above 0 and at most 1,000,000"},
                   {"b", "the second shape, above 0 and at most 1,000,000"}},
    .overloads = {overload<"(x: float, a: float, b: float) -> float", BetaCdf>()},
    .edges = {{"`x` is 0 or less", "0.0"},
              {"`x` is 1 or more", "1.0"},
              {"a shape is 0 or negative, or above 1,000,000", "null"}},
    .examples = {{"round(beta_cdf(0.25, 1.0, 1.0), 12)", "0.25"}, {"beta_cdf(2.0, 3.0, 4.0)", "1.0"}},
    .cost = {.per_row = 400.0},
    .aliases = "betainc incomplete_beta regularized_incomplete_beta pbeta",
    .see_also = "beta_quantile wilson_lower normal_cdf",
    .source = "NIST Digital Library of Mathematical Functions, section 8.17",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
