// exponential_average(xs, alpha): a mean in which later elements count more.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct ExponentialAverage {
  static Nullable<double> eval(List<T> xs, double alpha) {
    const double keep = 1.0 - alpha;
    double weighted = 0.0;
    double total = 0.0;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      weighted = weighted * keep + static_cast<double>(xs[i]);
      total = total * keep + 1.0;
    }
    return Nullable<double>::where(total > 0.0, weighted / total);
  }
};

constexpr Operator kOperator = {
    .name = "exponential_average",
    .summary = "Take a mean in which each element counts less than the one after it",
    .detail =
        "The last element has weight 1, the one before it 1 - alpha, then (1 - alpha)^2, and so on; the weighted sum "
        "is divided by the sum of the weights. The same as the last value of pandas' ewm(alpha, adjust=True, "
        "ignore_na=True).mean().",
    .parameters = {{"xs", "the list, oldest first"},
                   {"alpha", "how much faster newer elements count: 0 is the plain mean, 1 the last element"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>, alpha: const float[0..1]) -> float?", ExponentialAverage,
                                   int64_t, double>()},
    .edges = {{"the list is empty, or all elements are null", "null"},
              {"an element is null", "it is skipped and weakens nothing"},
              {"a weighted sum is not finite", "null"}},
    .examples = {{"exponential_average([0, 1, 2, 3, 4], 0.5)", "3.161290322580645"},
                 {"exponential_average([2, 4], 0.0)", "3.0"}},
    .cost = {.per_row = 4.0, .per_element = 2.5},
    .aliases = "ewma ema ewm ew_avg exponential_moving_average",
    .see_also = "mean weighted_mean decay",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
