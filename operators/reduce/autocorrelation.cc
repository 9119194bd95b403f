// autocorrelation(xs, lag): how a list repeats itself.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {
namespace {

template <class T>
struct Autocorrelation {
  static Nullable<double> eval(List<T> xs, int64_t lag) {
    if (lag < 1 || lag >= static_cast<int64_t>(xs.size())) return null;
    const auto shift = static_cast<uint32_t>(lag);
    const T* x = xs.data();
    const uint8_t* valid = xs.valid();
    const auto exists = [=](uint32_t i) { return valid == nullptr || valid[i] != 0; };
    const double count = count_present(xs);
    const double mean = lane_sum(xs, [](T v) { return static_cast<double>(v); }) / (count > 0.0 ? count : 1.0);
    const double squares = lane_sum(xs, [mean](T v) {
      const double deviation = static_cast<double>(v) - mean;
      return deviation * deviation;
    });
    const double products = lane_sum(xs.size() - shift, [&](uint32_t i) {
      const double product = (static_cast<double>(x[i]) - mean) * (static_cast<double>(x[i + shift]) - mean);
      return exists(i) && exists(i + shift) ? product : 0.0;
    });
    return Nullable<double>::where(squares > 0.0 && squares <= 1.7976931348623157e308, products / squares);
  }
};

constexpr Operator kOperator = {
    .name = "autocorrelation",
    .summary = "Measure how much the elements of a list are like those some positions before",
    .detail =
        "The sum of `(x[i] - mean) * (x[i + lag] - mean)`, divided by the sum of `(x - mean) ** 2`: the form of "
        "time-series analysis, from -1 to 1. pandas' `autocorr` takes the means of the two parts apart.",
    .parameters = {{"xs", "the list"},
                   {"lag",
                    "how many positions before, 1 or more: 7 compares days with the same day of the week before"}},
    .overloads =
        {generic_overload<"<T: number>(xs: list<T>, lag: int = 1) -> float?", Autocorrelation, int64_t, double>()},
    .edges = {{"the list is empty", "null"},
              {"an element is null", "the pairs with it are skipped"},
              {"`lag` is below 1, or not below the length", "null"},
              {"all elements are equal", "null"},
              {"the squares of the deviations are too large, or all too small, for a float", "null"}},
    .examples = {{"autocorrelation([1, -1, 1, -1])", "-0.75"}, {"autocorrelation([3, 3, 3])", "null"}},
    .cost = {.per_row = 30.0, .per_element = 3.0},
    .aliases = "autocorr acf serial_correlation",
    .see_also = "correlation differences slope",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
