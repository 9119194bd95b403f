// geometric_mean(xs): the mean of factors.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"
#include "feature_extractor/math.h"

namespace feature_extractor {
namespace {

template <class T>
struct GeometricMean {
  static Nullable<double> eval(List<T> xs) {
    const double count = count_present(xs);
    if (count == 0.0) return null;
    const double negative = lane_sum(xs, [](T x) { return x < T{0} ? 1.0 : 0.0; });
    const double zeros = lane_sum(xs, [](T x) { return x == T{0} ? 1.0 : 0.0; });
    if (negative > 0.0) return null;
    if (zeros > 0.0) return 0.0;
    return math::exp(lane_sum(xs, [](T x) { return math::log(static_cast<double>(x)); }) / count);
  }
};

constexpr Operator kOperator = {
    .name = "geometric_mean",
    .summary = "Take the geometric mean of a list",
    .detail =
        "`exp` of the mean of the logarithms: the mean of growth rates, ratios and prices that differ by factors.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", GeometricMean, int64_t, double>()},
    .edges = {{"an element is null", "it is skipped"},
              {"an element is zero", "0"},
              {"an element is negative", "null"},
              {"the list is empty, or all elements are null", "null"}},
    .examples = {{"round(geometric_mean([1, 4]), 12)", "2.0"}, {"geometric_mean([0.0, 5.0])", "0.0"}},
    .cost = {.per_row = 20.0, .per_element = 4.0},
    .aliases = "gmean geomean",
    .see_also = "harmonic_mean mean product",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
