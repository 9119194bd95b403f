// moving_average(xs, window): the mean of the last few elements.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

// The sum of a window is the end of one block of `window` elements and the beginning of the next: two sums that are known,
// so that the work does not depend on the window, and nothing is taken away from a sum again.
template <class T>
struct MovingAverage {
  static void eval(Arena& arena, List<T> xs, int64_t window, ListBuilder<double>& result) {
    const uint32_t size = xs.size();
    if (size == 0) return;
    if (window < 1) {
      for (uint32_t i = 0; i < size; ++i) result.push_null();
      return;
    }
    const uint32_t width = window > static_cast<int64_t>(size) ? size : static_cast<uint32_t>(window);
    Arena::Scope scope(arena);
    double* ends = arena.allocate_array<double>(size);
    uint32_t* counts = arena.allocate_array<uint32_t>(size_t{size} + 1);
    const auto value = [&](uint32_t i) { return xs.is_null(i) ? 0.0 : static_cast<double>(xs[i]); };
    for (uint32_t i = size; i-- > 0;) {
      const bool is_last = (i + 1) % width == 0 || i + 1 == size;
      ends[i] = value(i) + (is_last ? 0.0 : ends[i + 1]);
    }
    counts[0] = 0;
    for (uint32_t i = 0; i < size; ++i) counts[i + 1] = counts[i] + (xs.is_null(i) ? 0 : 1);
    result.reserve(size);
    double begin_sum = 0.0;
    for (uint32_t i = 0; i < size; ++i) {
      begin_sum = (i % width == 0 ? 0.0 : begin_sum) + value(i);
      const uint32_t first = i + 1 < width ? 0 : i + 1 - width;
      const double sum = first % width == 0 ? begin_sum : ends[first] + begin_sum;
      const uint32_t count = counts[i + 1] - counts[first];
      const double mean = sum / static_cast<double>(count > 0 ? count : 1);
      count > 0 && __builtin_fabs(mean) <= 1.7976931348623157e308 ? result.push_back(mean) : result.push_null();
    }
  }
};

constexpr Operator kOperator = {
    .name = "moving_average",
    .summary = "Give for each element the mean of it and those before it within a window",
    .parameters = {{"xs", "the list"}, {"window", "how many elements count, 1 or more"}},
    .overloads =
        {generic_overload<"<T: number>(xs: list<T>, window: int) -> list<float>", MovingAverage, int64_t, double>()},
    .edges = {{"the first elements", "the mean of the fewer that there are"},
              {"an element is null", "it is skipped; null where the window has only nulls"},
              {"`window` is below 1", "null in each place: the mean of nothing"},
              {"a mean is not finite", "null in its place"},
              {"the list is empty", "an empty list"}},
    .examples = {{"moving_average([1, 3, 5, 7], 2)", "[1.0, 2.0, 4.0, 6.0]"},
                 {"moving_average([2.0, 4.0], 10)", "[2.0, 3.0]"}},
    .cost = {.per_row = 10.0, .per_element = 3.0},
    .aliases = "rolling_mean moving_mean sma rolling_average",
    .see_also = "mean exponential_average cumulative_sum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
