// median(xs): the middle of the sorted elements.
#include "feature_extractor/operator.h"
#include "feature_extractor/quantile.h"

namespace feature_extractor {
namespace {

template <class T>
struct Median {
  static Nullable<double> eval(Arena& arena, List<T> xs) { return quantile_of(xs, 0.5, arena); }
};

constexpr Operator kOperator = {
    .name = "median",
    .summary = "Take the middle one of the sorted elements",
    .detail = "Of an even number of elements, the mean of the two in the middle. The same as `quantile(xs, 0.5)`.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", Median, int64_t, double>()},
    .edges = {{"the list is empty, or all elements are null", "null"},
              {"an element is null", "it is skipped"},
              {"the two in the middle differ by more than the largest float", "null"},
              {"ints above 2^53 in magnitude", "are rounded to the nearest float"}},
    .examples = {{"median([3, 1, 2])", "2.0"}, {"median([1, 2, 3, 4])", "2.5"}},
    .cost = {.per_row = 15.0, .per_element = 4.0},
    .aliases = "list_median array_median percentile_50",
    .see_also = "quantile mean mode",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
