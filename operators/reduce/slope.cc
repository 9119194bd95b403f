// slope(xs): the trend of a list per position.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {
namespace {

template <class T>
struct Slope {
  static Nullable<double> eval(List<T> xs) {
    const auto* x = xs.data();
    const uint8_t* valid = xs.valid();
    const uint32_t size = xs.size();
    const auto exists = [&](uint32_t i) { return valid == nullptr || valid[i] != 0; };
    const double count = count_present(xs);
    const double mean_position =
        lane_sum(size, [&](uint32_t i) { return exists(i) ? static_cast<double>(i) : 0.0; }) / count;
    const double mean = lane_sum(xs, [](auto value) { return static_cast<double>(value); }) / count;
    const double products = lane_sum(size, [&](uint32_t i) {
      return exists(i) ? (static_cast<double>(i) - mean_position) * (static_cast<double>(x[i]) - mean) : 0.0;
    });
    const double squares = lane_sum(size, [&](uint32_t i) {
      const double distance = static_cast<double>(i) - mean_position;
      return exists(i) ? distance * distance : 0.0;
    });
    return Nullable<double>::where(count >= 2.0, products / squares);
  }
};

constexpr Operator kOperator = {
    .name = "slope",
    .summary = "Fit a line through the elements and tell how much it rises per position",
    .detail =
        "The slope of the least-squares line through (0, x0), (1, x1), ...: the sum of (i - mean i) * (x - mean x) "
        "divided by the sum of (i - mean i)^2.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", Slope, int64_t, double>()},
    .edges = {{"fewer than two elements are not null", "null"},
              {"an element is null", "it is skipped; the others keep their positions"},
              {"all elements are equal", "0"},
              {"a sum of products is not finite", "null"}},
    .examples = {{"slope([1, 3, 5])", "2.0"}, {"slope([4.0, 4.0])", "0.0"}},
    .cost = {.per_row = 15.0, .per_element = 2.0},
    .aliases = "linear_trend regr_slope trend",
    .see_also = "differences mean",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
