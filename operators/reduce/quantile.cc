// quantile(xs, q): the value below which a share of the elements lies.
#include "feature_extractor/operator.h"
#include "feature_extractor/quantile.h"

namespace feature_extractor {
namespace {

template <class T>
struct Quantile {
  static Nullable<double> eval(Arena& arena, List<T> xs, double q) { return quantile_of(xs, q, arena); }
};

constexpr Operator kOperator = {
    .name = "quantile",
    .summary = "Find the value below which a share of the elements lies",
    .detail =
        "Linear interpolation between the sorted elements: with h = (n - 1) * q and i = floor(h) it is "
        "x[i] + (x[i + 1] - x[i]) * (h - i). This is type 7 of Hyndman and Fan, the default of NumPy, pandas and R.",
    .parameters = {{"xs", "the list"}, {"q", "the share, from 0 (the least element) to 1 (the greatest)"}},
    .overloads =
        {generic_overload<"<T: number>(xs: list<T>, q: const float[0..1]) -> float?", Quantile, int64_t, double>()},
    .edges = {{"the list is empty, or all elements are null", "null"},
              {"an element is null", "it is skipped"},
              {"the difference of two neighbours is not finite", "null"},
              {"ints above 2^53 in magnitude", "are rounded to the nearest float"}},
    .examples = {{"quantile([1, 2, 3, 4, 5], 0.25)", "2.0"}, {"quantile([10, 20], 0.9)", "19.0"}},
    .cost = {.per_row = 15.0, .per_element = 4.0},
    .aliases = "percentile percentile_cont quantile_cont approx_percentile list_quantile",
    .see_also = "median min max",
    .source = "Hyndman, Fan: Sample quantiles in statistical packages (1996), type 7",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
