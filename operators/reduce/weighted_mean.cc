// weighted_mean(xs, weights): the mean in which some elements count more.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {
namespace {

template <class T, class W>
Nullable<double> weighted_mean_of(List<T> xs, List<W> weights) {
  const uint32_t size = xs.size() < weights.size() ? xs.size() : weights.size();
  const auto* x = xs.data();
  const auto* w = weights.data();
  const uint8_t* x_valid = xs.valid();
  const uint8_t* w_valid = weights.valid();
  const auto exists = [&](uint32_t i) {
    return (x_valid == nullptr || x_valid[i] != 0) && (w_valid == nullptr || w_valid[i] != 0);
  };
  const double total = lane_sum(size, [&](uint32_t i) { return exists(i) ? static_cast<double>(w[i]) : 0.0; });
  const double weighted = lane_sum(
      size, [&](uint32_t i) { return exists(i) ? static_cast<double>(w[i]) * static_cast<double>(x[i]) : 0.0; });
  // Divided by infinity, a number would look like 0.
  return Nullable<double>::where(total != 0.0 && __builtin_fabs(total) <= 1.7976931348623157e308, weighted / total);
}

template <class T>
struct FloatWeights {
  static Nullable<double> eval(List<T> xs, List<double> weights) { return weighted_mean_of(xs, weights); }
};
template <class T>
struct IntWeights {
  static Nullable<double> eval(List<T> xs, List<int64_t> weights) { return weighted_mean_of(xs, weights); }
};

constexpr Operator kOperator = {
    .name = "weighted_mean",
    .summary = "Take the mean of a list in which each element counts by its weight",
    .detail =
        "The sum of weight * x divided by the sum of the weights, each summed as `sum` does. Elements and weights are "
        "paired by position.",
    .parameters = {{"xs", "the list"}, {"weights", "the weight of each element"}},
    .overloads =
        {generic_overload<"<T: number>(xs: list<T>, weights: list<float>) -> float?", FloatWeights, int64_t, double>(),
         generic_overload<"<T: number>(xs: list<T>, weights: list<int>) -> float?", IntWeights, int64_t, double>()},
    .edges = {{"an element or its weight is null", "the pair is skipped"},
              {"one list is longer", "its rest is left out"},
              {"the weights add up to 0, or there are none", "null"},
              {"a sum is not finite", "null"},
              {"a weight is negative", "it is taken away, and the mean may lie outside of the elements"}},
    .examples = {{"weighted_mean([1.0, 4.0], [1.0, 2.0])", "3.0"}},
    .cost = {.per_row = 8.0, .per_element = 1.0},
    .aliases = "weighted_average avg_weighted wavg",
    .see_also = "mean dot",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
