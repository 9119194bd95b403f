// covariance(xs, ys, ddof): how two lists vary together.
#include "feature_extractor/operator.h"
#include "feature_extractor/paired_moments.h"

namespace feature_extractor {
namespace {

struct Covariance {
  static Nullable<double> eval(List<double> xs, List<double> ys, int64_t ddof) {
    const PairedMoments moments = paired_moments(xs, ys);
    const double taken = ddof < 0 ? 0.0 : ddof > 1 ? 1.0 : static_cast<double>(ddof);
    const double degrees = moments.count - taken;
    return Nullable<double>::where(ddof >= 0 && ddof <= 1 && degrees > 0.0, moments.products / degrees);
  }
};

constexpr Operator kOperator = {
    .name = "covariance",
    .summary = "Take the covariance of two lists",
    .detail =
        "The sum of `(x - mean xs) * (y - mean ys)` over pairs by position, divided by their number less `ddof`. With "
        "variances it gives the slope of one list over the other: `covariance(xs, ys) / variance(xs)`.",
    .parameters = {{"xs", "the first list"},
                   {"ys", "the second list"},
                   {"ddof", "0 for that of the population, 1 for that of a sample"}},
    .overloads = {overload<"(xs: list<float>, ys: list<float>, ddof: int = 1) -> float?", Covariance>()},
    .edges = {{"an element of a pair is null", "the pair is skipped"},
              {"one list is longer", "its rest is left out"},
              {"no more pairs than `ddof`", "null"},
              {"`ddof` is neither 0 nor 1", "null"},
              {"a sum of products is not finite", "null"}},
    .examples = {{"covariance([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])", "2.0"},
                 {"covariance([1.0, 3.0], [1.0, 3.0], 0)", "1.0"}},
    .cost = {.per_row = 40.0, .per_element = 3.0},
    .aliases = "covar_samp covar_pop cov",
    .see_also = "correlation variance",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
