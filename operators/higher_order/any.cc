// any(xs, predicate): does the condition hold for some element?
#include "feature_extractor/extremes.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct AnyTrue {
  static bool eval(List<bool> xs) { return some_true(xs); }
};
struct AnyHolds {
  static bool eval(List<Any>, List<bool> predicate) { return some_true(predicate); }
};

constexpr Operator kOperator = {
    .name = "any",
    .summary = "Tell whether a condition holds for some element",
    .detail = "Without a condition, whether some element of a list of bools is true.",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {overload<"(xs: list<bool>) -> bool", AnyTrue>(),
                  overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> bool", AnyHolds>()},
    .edges = {{"the list is empty", "false"},
              {"the condition is null", "the element is skipped: the result is true or false, never null"}},
    .examples = {{"any([1, 2, 3], x -> x > 2)", "true"}, {"any([false, false])", "false"}},
    .cost = {.per_row = 2.0, .per_element = 0.1},
    .equi_join = "any_equal(xs.map(k), outer)",
    .membership_join = "any_in(xs.map(k), outer)",
    .aliases = "exists some any_match array_any list_any bool_or",
    .see_also = "all none count contains intersects",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
