// none(xs, predicate): does the condition hold for no element?
#include "feature_extractor/extremes.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct NoneHolds {
  static bool eval(List<Any>, List<bool> predicate) { return !some_true(predicate); }
};

constexpr Operator kOperator = {
    .name = "none",
    .summary = "Tell whether a condition holds for no element",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> bool", NoneHolds>()},
    .edges = {{"the list is empty", "true"},
              {"the condition is null", "the element is skipped: the result is never null"}},
    .examples = {{"none([1, 2, 3], x -> x > 5)", "true"}},
    .cost = {.per_row = 2.0, .per_element = 0.1},
    .equi_join = "not any_equal(xs.map(k), outer)",
    .membership_join = "not any_in(xs.map(k), outer)",
    .aliases = "none_match array_none",
    .see_also = "any all",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
