// top(xs, count): the greatest elements.
#include "feature_extractor/ordering.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

template <class T, SimdLevel Level>
struct Top {
  static void eval(Arena& arena, List<T> xs, int64_t count, Selection& kept) {
    keep_greatest<T, Level>(arena, xs, count, kept);
  }
};

constexpr Operator kOperator = {
    .name = "top",
    .summary = "Take the greatest elements of a list, the greatest first",
    .parameters = {{"xs", "the list"}, {"count", "how many elements to take"}},
    .overloads = {generic_leveled_overload<"<T: ordered>(xs: list<T>, count: int) -> list<T>", Top, bool, int64_t,
                                           double, Text>()},
    .edges = {{"the list has fewer elements", "all of them"},
              {"elements are equal", "the earlier one comes first"},
              {"elements are null", "they are left out"},
              {"`count` is 0 or negative", "an empty list"}},
    .examples = {{"top([3, 9, 1, 7], 2)", "[9, 7]"}},
    .cost = {.per_row = 15.0, .per_element = 2.0},
    .aliases = "top_n topk top_k array_top_n nlargest max_n",
    .see_also = "top_by sort top_n max",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
