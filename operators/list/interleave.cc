// interleave(a, b, ...): one element of each list in turn.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Interleave {
  static constexpr bool kStrictVariadic = true;
  static void eval(Variadic<List<T>> lists, ListBuilder<T>& result) {
    uint32_t longest = 0;
    uint64_t size = 0;
    for (uint32_t k = 0; k < lists.size(); ++k) {
      const uint32_t length = lists[k].size();
      longest = length > longest ? length : longest;
      size += length;
    }
    result.reserve(static_cast<uint32_t>(size));
    for (uint32_t i = 0; i < longest; ++i) {
      for (uint32_t k = 0; k < lists.size(); ++k) {
        const List<T> list = lists[k];
        if (i < list.size()) result.push_element(list, i);
      }
    }
  }
};

constexpr Operator kOperator = {
    .name = "interleave",
    .summary = "Take one element of each list in turn",
    .detail =
        "First the first elements of all lists, then the second ones, and so on: the fair way to cut several lists "
        "to one length, as in `interleave(clicked, bought).take_first(50)`.",
    .parameters = {{"values", "the lists, of one element type"}},
    .overloads =
        {generic_overload<"<T: scalar>(values: list<T>...) -> list<T>", Interleave, bool, int64_t, double, Text>()},
    .edges = {{"all lists are empty", "an empty list"},
              {"a list is shorter", "the others go on without it"},
              {"an argument is null", "null; give it a default with `??`"},
              {"a list has null elements", "they take their turn like any other"}},
    .examples = {{"interleave([1, 2, 3], [10, 20])", "[1, 10, 2, 20, 3]"}},
    .cost = {.per_row = 8.0, .per_element = 1.0},
    .aliases = "round_robin zip_flatten merge_lists",
    .see_also = "concat",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
