// harmonic_mean(xs): the mean of rates.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {
namespace {

template <class T>
struct HarmonicMean {
  static Nullable<double> eval(List<T> xs) {
    const double count = count_present(xs);
    if (count == 0.0) return null;
    const double negative = lane_sum(xs, [](T x) { return x < T{0} ? 1.0 : 0.0; });
    const double zeros = lane_sum(xs, [](T x) { return x == T{0} ? 1.0 : 0.0; });
    if (negative > 0.0) return null;
    if (zeros > 0.0) return 0.0;
    return count / lane_sum(xs, [](T x) { return 1.0 / static_cast<double>(x); });
  }
};

constexpr Operator kOperator = {
    .name = "harmonic_mean",
    .summary = "Take the harmonic mean of a list",
    .detail =
        "The number of elements divided by the sum of their reciprocals: the mean of speeds and other rates, and of "
        "precision and recall (F1).",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", HarmonicMean, int64_t, double>()},
    .edges = {{"an element is null", "it is skipped"},
              {"an element is zero", "0"},
              {"an element is negative", "null"},
              {"the list is empty, or all elements are null", "null"},
              {"the sum of the reciprocals is not finite, as with an element below 5e-309", "0"}},
    .examples = {{"harmonic_mean([1, 1])", "1.0"}, {"harmonic_mean([2.0, 6.0])", "3.0"}},
    .cost = {.per_row = 20.0, .per_element = 3.0},
    .aliases = "hmean",
    .see_also = "geometric_mean mean",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
