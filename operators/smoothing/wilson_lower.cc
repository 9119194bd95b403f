// wilson_lower(hits, trials, z): the lower end of the Wilson interval.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct WilsonLower {
  static Nullable<double> eval(double hits, double trials, double z) {
    const double square = z * z;
    const double spread = z * math::sqrt(hits * (trials - hits) / trials + 0.25 * square);
    const double bound = (hits + 0.5 * square - spread) / (trials + square);
    const bool exists = (trials > 0.0) & (hits >= 0.0) & (hits <= trials) & (z >= 0.0) & (spread <= math::kLargest) &
                        (trials + square <= math::kLargest);
    // Without a hit both terms cancel up to rounding, and the bound is exactly 0.
    return Nullable<double>::where(exists, math::select(hits == 0.0, 0.0, math::at_least(bound, 0.0)));
  }
};

constexpr Operator kOperator = {
    .name = "wilson_lower",
    .summary = "Give the lower end of the Wilson confidence interval of a rate",
    .detail =
        "A cautious estimate of a rate: few trials give a low value. With n trials, k hits: "
        "`(k + z^2/2 - z * sqrt(k * (n - k) / n + z^2/4)) / (n + z^2)`.",
    .parameters = {{"hits", "how often it happened"},
                   {"trials", "how often it could have happened"},
                   {"z", "the normal quantile of the confidence: 1.96 for 95 percent"}},
    .overloads = {overload<"(hits: float, trials: float, z: float = 1.96) -> float?", WilsonLower>()},
    .edges = {{"`trials` is zero or negative", "null"},
              {"`hits` is negative or more than `trials`", "null"},
              {"`z` is negative", "null"},
              {"a product on the way is not finite, as with counts above 1e154", "null"},
              {"`hits` is zero", "0.0"}},
    .examples = {{"wilson_lower(0, 10)", "0.0"}, {"wilson_lower(5, 10, 0.0)", "0.5"}, {"wilson_lower(1, 0)", "null"}},
    .cost = {.per_row = 1.5},
    .aliases = "wilson_interval_lower wilson_score",
    .see_also = "wilson_upper smooth",
    .source = "E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
