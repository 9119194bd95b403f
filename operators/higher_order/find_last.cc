// find_last(xs, predicate): the last element for which a condition holds.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct FindLast {
  static Nullable<Span> eval(List<Any> xs, List<bool> predicate) {
    for (uint32_t i = xs.size(); i > 0; --i) {
      if (predicate[i - 1] && !predicate.is_null(i - 1)) return Span{i - 1, 1};
    }
    return null;
  }
};

constexpr Operator kOperator = {
    .name = "find_last",
    .summary = "Take the last element for which a condition holds",
    .detail = "In a history with the oldest event first it is the latest such event.",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> T?", FindLast>()},
    .edges = {{"the condition holds for no element, or the list is empty", "null"},
              {"the condition is null", "the element is skipped"}},
    .examples = {{"find_last([3, 8, 9], x -> x < 9)", "8"}},
    .cost = {.per_row = 2.0, .per_element = 0.5},
    .equi_join = "last(filter_equal(xs, k, outer))",
    .membership_join = "last(filter_in(xs, k, outer))",
    .aliases = "last_where last_if",
    .see_also = "find_first filter last",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
