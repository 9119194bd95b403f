// lists_equal(xs, ys): whether two lists have the same elements in the same order.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct ListsEqual {
  static bool eval(List<T> xs, List<T> ys) {
    if (xs.size() != ys.size()) return false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i) != ys.is_null(i)) return false;
      if (!xs.is_null(i) && !same_value<T>(xs[i], ys[i])) return false;
    }
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "lists_equal",
    .summary = "Tell whether two lists have the same elements in the same order",
    .detail =
        "As sets they are the same if `is_subset(xs, ys) and is_subset(ys, xs)`; with the same numbers of each value "
        "if `lists_equal(sort(xs), sort(ys))`.",
    .parameters = {{"xs", "the first list"}, {"ys", "the second list"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> bool", ListsEqual, bool, int64_t, double, Text>()},
    .edges = {{"both lists are empty", "true"},
              {"both elements of a position are null", "they count as equal"},
              {"one of the two elements is null", "false"},
              {"a list is null", "null"}},
    .examples = {{"lists_equal([1, 2], [1, 2])", "true"}, {"lists_equal([1, 2], [2, 1])", "false"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .algebra = "commutative",
    .aliases = "is_equal is_equal_list array_equal same_list equal_lists",
    .see_also = "equal is_subset jaccard",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
