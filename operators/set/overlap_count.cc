// overlap_count(xs, ys): how many distinct values two lists share.
#include "feature_extractor/set_sizes.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

struct CountBoth {
  static constexpr bool kFirst = false;
  static constexpr bool kSecond = false;
  static int64_t result(SetSizes sizes) { return sizes.both; }
};
template <class T, SimdLevel Level>
struct OverlapCount : SetMeasure<CountBoth, T, int64_t, Level> {};

constexpr Operator kOperator = {
    .name = "overlap_count",
    .summary = "Count the distinct values that are in both lists",
    .parameters = {{"xs", "the first list"}, {"ys", "the second list"}},
    .overloads = {generic_leveled_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> int", OverlapCount, bool, int64_t,
                                           double, Text>()},
    .edges = {{"a value comes twice", "it counts once"},
              {"an element is null", "it does not count"},
              {"a list is empty", "0"}},
    .examples = {{"overlap_count([1, 2, 2, 3], [2, 3, 4])", "2"}},
    .cost = {.per_row = 30.0, .per_element = 2.5},
    .algebra = "commutative",
    .aliases = "id_overlap_count intersection_count kv_dot_product common_count set_overlap",
    .see_also = "intersect jaccard overlap_ratio intersects",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
