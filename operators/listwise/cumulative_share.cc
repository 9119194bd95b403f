// cumulative_share(xs, x): the share of a list's values that are not greater than a value.
#include "feature_extractor/operator.h"
#include "feature_extractor/sorted_values.h"

namespace feature_extractor {
namespace {

template <class T>
struct CumulativeShare {
  static Nullable<double> share(uint32_t below, uint32_t count) {
    return Nullable<double>::where(count > 0, static_cast<double>(below) / static_cast<double>(count));
  }
  static Nullable<double> eval(List<T> xs, T x) {
    uint32_t count = 0;
    const uint32_t below = count_below(xs, x, true, count);
    return share(below, count);
  }

  struct Index : SortedValues<T> {
    Nullable<double> probe(T x) const { return share(this->below(x, true), this->count); }
  };
};

constexpr Operator kOperator = {
    .name = "cumulative_share",
    .summary = "Measure the share of a list's elements that are not greater than a value",
    .detail =
        "The empirical distribution function, from 0 to 1. With `collect` it places a candidate among those of its "
        "request, whatever their number: `collect(price).cumulative_share(price)`. The list is sorted once for all "
        "rows that share it.",
    .parameters = {{"xs", "the list"}, {"x", "the value"}},
    .overloads =
        {generic_overload<"<T: ordered>(xs: list<T>, x: T) -> float?", CumulativeShare, bool, int64_t, double, Text>()},
    .edges = {{"elements are equal to the value", "they count"},
              {"an element is null", "it does not count, neither here nor among all"},
              {"the list has no element that is not null", "null"},
              {"the value is null", "null"}},
    .examples = {{"cumulative_share([30, 10, 20, 40], 20)", "0.5"}, {"cumulative_share([30, 10], 5)", "0.0"}},
    .cost = {.per_row = 25.0, .per_element = 1.0},
    .aliases = "cume_dist percent_rank percentile_rank empirical_cdf rank_norm",
    .see_also = "rank_of quantile bucketize",
    .source = "SQL:2003, CUME_DIST",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
