// overlap_ratio(xs, ys): the share of the first list's values that are in the second.
#include "feature_extractor/set_sizes.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

struct OverlapShare {
  static constexpr bool kFirst = true;
  static constexpr bool kSecond = false;
  static Nullable<double> result(SetSizes sizes) {
    return Nullable<double>::where(sizes.first > 0, static_cast<double>(sizes.both) / static_cast<double>(sizes.first));
  }
};
template <class T, SimdLevel Level>
struct OverlapRatio : SetMeasure<OverlapShare, T, Nullable<double>, Level> {};

constexpr Operator kOperator = {
    .name = "overlap_ratio",
    .summary = "Tell which share of the first list's distinct values is in the second list",
    .detail =
        "From 0 to 1. With the words of a query first and those of a title second it says how much of the query is "
        "covered.",
    .parameters = {{"xs", "the list whose values are looked for"}, {"ys", "the list to look in"}},
    .overloads = {generic_leveled_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> float?", OverlapRatio, bool,
                                           int64_t, double, Text>()},
    .edges = {{"the first list is empty", "null"},
              {"the second list is empty", "0"},
              {"a value comes twice", "it counts once"},
              {"an element is null", "it does not count"}},
    .examples = {{"overlap_ratio([\"red\", \"shoe\"], [\"shoe\", \"blue\"])", "0.5"}},
    .cost = {.per_row = 30.0, .per_element = 2.5},
    .aliases = "query_common_ratio title_common_ratio containment coverage",
    .see_also = "jaccard is_subset overlap_count",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
