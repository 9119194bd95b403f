// jaccard(xs, ys): shared values as a share of all.
#include "feature_extractor/set_sizes.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

struct JaccardShare {
  static constexpr bool kFirst = true;
  static constexpr bool kSecond = true;
  static Nullable<double> result(SetSizes sizes) {
    const double all =
        static_cast<double>(sizes.first) + static_cast<double>(sizes.second) - static_cast<double>(sizes.both);
    return Nullable<double>::where(all > 0.0, static_cast<double>(sizes.both) / all);
  }
};
template <class T, SimdLevel Level>
struct Jaccard : SetMeasure<JaccardShare, T, Nullable<double>, Level> {};

constexpr Operator kOperator = {
    .name = "jaccard",
    .summary = "Measure how similar two lists are as sets",
    .detail =
        "The number of distinct values in both lists divided by the number of distinct values in either: from 0 to 1.",
    .parameters = {{"xs", "the first list"}, {"ys", "the second list"}},
    .overloads = {generic_leveled_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> float?", Jaccard, bool, int64_t,
                                           double, Text>()},
    .edges = {{"both lists are empty", "null: there is nothing to compare"},
              {"one list is empty", "0"},
              {"a value comes twice", "it counts once"},
              {"an element is null", "it does not count"}},
    .examples = {{"jaccard([1, 2, 3], [2, 3, 4])", "0.5"}},
    .cost = {.per_row = 35.0, .per_element = 3.0},
    .algebra = "commutative",
    .aliases = "jaccard_similarity id_jaccard jaccard_index list_jaccard",
    .see_also = "dice overlap_ratio overlap_count",
    .source = "Jaccard: The distribution of the flora in the alpine zone (1912)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
