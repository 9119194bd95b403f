// is_subset(xs, ys): are all values of the first list in the second?
#include "feature_extractor/set_sizes.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

struct AllOfFirst {
  static constexpr bool kFirst = true;
  static constexpr bool kSecond = false;
  static bool result(SetSizes sizes) { return sizes.both == sizes.first; }
};
template <class T, SimdLevel Level>
struct IsSubset : SetMeasure<AllOfFirst, T, bool, Level> {};

constexpr Operator kOperator = {
    .name = "is_subset",
    .summary = "Tell whether all values of the first list are in the second",
    .detail = "Order and number do not matter.",
    .parameters = {{"xs", "the values to look for"}, {"ys", "the list to look in"}},
    .overloads = {generic_leveled_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> bool", IsSubset, bool, int64_t,
                                           double, Text>()},
    .edges = {{"the first list is empty", "true"}, {"an element is null", "it is ignored"}},
    .examples = {{"is_subset([1, 2], [3, 2, 1])", "true"}, {"is_subset([1, 4], [1])", "false"}},
    .cost = {.per_row = 30.0, .per_element = 2.5},
    .aliases = "array_has_all list_has_all contains_all is_contain issubset",
    .see_also = "overlap_ratio intersects",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
