// filter(xs, predicate): the elements for which the predicate holds.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Filter {
  static void eval(List<Any> xs, List<bool> predicate, Selection& kept) {
    kept.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (!predicate.is_null(i) && predicate[i]) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "filter",
    .summary = "Keep the elements for which a condition holds",
    .detail = "The order of the elements stays. Null elements are given to the condition like any other.",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> list<T>", Filter>()},
    .edges = {{"the condition is null", "the element is dropped"}, {"the list is empty", "an empty list"}},
    .examples = {{"filter([3, 1, 2], x -> x > 1)", "[3, 2]"}, {"filter([\"a\", \"\"], s -> s != \"\")", "[\"a\"]"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .equi_join = "filter_equal(xs, k, outer)",
    .membership_join = "filter_in(xs, k, outer)",
    .aliases = "array_filter list_filter where select_where",
    .see_also = "count any map find_first take_while",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
