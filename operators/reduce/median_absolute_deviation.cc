// median_absolute_deviation(xs): the median distance from the median.
#include "feature_extractor/operator.h"
#include "feature_extractor/quantile.h"

namespace feature_extractor {
namespace {

template <class T>
struct MedianAbsoluteDeviation {
  static Nullable<double> eval(Arena& arena, List<T> xs) {
    const Nullable<double> middle = quantile_of(xs, 0.5, arena);
    if (!middle.has_value()) return null;
    Arena::Scope scope(arena);
    auto* distances = arena.allocate_array<double>(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      distances[i] = __builtin_fabs(static_cast<double>(xs[i]) - *middle);
    }
    Column column;
    column.data = distances;
    column.valid = xs.valid();
    return quantile_of(List<double>(&column, {0, xs.size()}), 0.5, arena);
  }
};

constexpr Operator kOperator = {
    .name = "median_absolute_deviation",
    .summary = "Take the median distance of the elements of a list from their median",
    .detail =
        "A spread that single elements far out do not change. Times 1.4826 it is the standard deviation of normal "
        "data. The range between the quartiles is `quantile(xs, 0.75) - quantile(xs, 0.25)`.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", MedianAbsoluteDeviation, int64_t, double>()},
    .edges = {{"an element is null", "it is skipped"},
              {"the list is empty, or all elements are null", "null"},
              {"the list has one element", "0"},
              {"a difference is not finite", "null"}},
    .examples = {{"median_absolute_deviation([1, 2, 3, 100])", "1.0"}},
    .cost = {.per_row = 40.0, .per_element = 10.0},
    .aliases = "mad median_abs_deviation robust_scale",
    .see_also = "stddev median quantile",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
