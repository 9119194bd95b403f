// kurtosis(xs): how heavy a list's tails are.
#include "feature_extractor/operator.h"
#include "feature_extractor/math.h"
#include "feature_extractor/moments.h"

namespace feature_extractor {
namespace {

template <class T>
struct Kurtosis {
  static Nullable<double> eval(List<T> xs) {
    const double count = count_present(xs);
    const Nullable<double> spread = variance_of(xs, 0);
    const double variance = spread.has_value() ? *spread : 0.0;
    if (!(variance > 0.0)) return null;
    const double mean = lane_sum(xs, [](T x) { return static_cast<double>(x); }) / count;
    const double fourth = lane_sum(xs, [mean](T x) {
      const double deviation = static_cast<double>(x) - mean;
      return (deviation * deviation) * (deviation * deviation);
    });
    return fourth / count / (variance * variance) - 3.0;
  }
};

constexpr Operator kOperator = {
    .name = "kurtosis",
    .summary = "Measure how heavy the tails of the distribution of a list are",
    .detail =
        "The mean of `(x - mean) ** 4`, divided by the square of the population variance, less 3: 0 for a normal "
        "distribution, above 0 where single elements lie far out. As in Spark, Velox and SciPy; pandas corrects it for "
        "small samples.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", Kurtosis, int64_t, double>()},
    .edges = {{"an element is null", "it is skipped"},
              {"the list is empty, or all elements are equal", "null"},
              {"the squares of the deviations are too large, or all too small, for a float", "null"}},
    .examples = {{"kurtosis([1, 1, 3, 3])", "-2.0"}, {"kurtosis([5])", "null"}},
    .cost = {.per_row = 20.0, .per_element = 2.0},
    .aliases = "kurt excess_kurtosis",
    .see_also = "skewness stddev",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
