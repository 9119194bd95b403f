// dice(xs, ys): twice the shared values as a share of both sets.
#include "feature_extractor/set_sizes.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

struct DiceShare {
  static constexpr bool kFirst = true;
  static constexpr bool kSecond = true;
  static Nullable<double> result(SetSizes sizes) {
    const double all = static_cast<double>(sizes.first) + static_cast<double>(sizes.second);
    return Nullable<double>::where(all > 0.0, 2.0 * static_cast<double>(sizes.both) / all);
  }
};
template <class T, SimdLevel Level>
struct Dice : SetMeasure<DiceShare, T, Nullable<double>, Level> {};

constexpr Operator kOperator = {
    .name = "dice",
    .summary = "Measure how similar two lists are as sets, by the Dice coefficient",
    .detail =
        "Twice the number of distinct values in both lists, divided by the sum of the numbers of distinct values: from "
        "0 to 1.",
    .parameters = {{"xs", "the first list"}, {"ys", "the second list"}},
    .overloads = {generic_leveled_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> float?", Dice, bool, int64_t,
                                           double, Text>()},
    .edges = {{"both lists are empty", "null: there is nothing to compare"},
              {"one list is empty", "0"},
              {"a value comes twice", "it counts once"},
              {"an element is null", "it does not count"}},
    .examples = {{"dice([1, 2, 3], [3, 4, 5])", "0.3333333333333333"}},
    .cost = {.per_row = 35.0, .per_element = 3.0},
    .algebra = "commutative",
    .aliases = "sorensen_dice dice_coefficient f1_overlap",
    .see_also = "jaccard overlap_ratio",
    .source = "Dice: Measures of the amount of ecologic association between species (1945)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
