// find_first(xs, predicate): the first element for which a condition holds.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct FindFirst {
  static Nullable<Span> eval(List<Any> xs, List<bool> predicate) {
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (predicate[i] && !predicate.is_null(i)) return Span{i, 1};
    }
    return null;
  }
};

constexpr Operator kOperator = {
    .name = "find_first",
    .summary = "Take the first element for which a condition holds",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> T?", FindFirst>()},
    .edges = {{"the condition holds for no element, or the list is empty", "null"},
              {"the condition is null", "the element is skipped"}},
    .examples = {{"find_first([3, 8, 9], x -> x > 5)", "8"}},
    .cost = {.per_row = 2.0, .per_element = 0.5},
    .equi_join = "first(filter_equal(xs, k, outer))",
    .membership_join = "first(filter_in(xs, k, outer))",
    .aliases = "find first_where first_if array_first detect",
    .see_also = "find_last filter first index_of",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
