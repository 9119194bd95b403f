// skewness(xs): how lopsided a list is.
#include "feature_extractor/operator.h"
#include "feature_extractor/math.h"
#include "feature_extractor/moments.h"

namespace feature_extractor {
namespace {

template <class T>
struct Skewness {
  static Nullable<double> eval(List<T> xs) {
    const double count = count_present(xs);
    const Nullable<double> spread = variance_of(xs, 0);
    const double variance = spread.has_value() ? *spread : 0.0;
    if (!(variance > 0.0)) return null;
    const double mean = lane_sum(xs, [](T x) { return static_cast<double>(x); }) / count;
    const double third = lane_sum(xs, [mean](T x) {
      const double deviation = static_cast<double>(x) - mean;
      return deviation * deviation * deviation;
    });
    return third / count / (variance * math::sqrt(variance));
  }
};

constexpr Operator kOperator = {
    .name = "skewness",
    .summary = "Measure how lopsided the distribution of a list is",
    .detail =
        "The mean of `(x - mean) ** 3`, divided by the population standard deviation to the third power: 0 for a "
        "symmetric list, above 0 where a few elements are much greater than the rest. As in Spark, Velox and SciPy; "
        "pandas corrects it for small samples.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", Skewness, int64_t, double>()},
    .edges = {{"an element is null", "it is skipped"},
              {"the list is empty, or all elements are equal", "null"},
              {"the squares of the deviations are too large, or all too small, for a float", "null"}},
    .examples = {{"skewness([1, 2, 3])", "0.0"}, {"skewness([5])", "null"}},
    .cost = {.per_row = 20.0, .per_element = 2.0},
    .aliases = "skew",
    .see_also = "kurtosis stddev",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
