// take_while(xs, predicate): the elements before the first that fails.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct TakeWhile {
  static Span eval(List<Any> xs, List<bool> predicate) {
    uint32_t kept = 0;
    while (kept < xs.size() && predicate[kept] && !predicate.is_null(kept)) ++kept;
    return {0, kept};
  }
};

constexpr Operator kOperator = {
    .name = "take_while",
    .summary = "Keep the elements from the beginning for as long as a condition holds",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> list<T>", TakeWhile>()},
    .edges = {{"the condition is null", "it does not hold: the run ends"}, {"the list is empty", "an empty list"}},
    .examples = {{"take_while([1, 2, 5, 1], x -> x < 3)", "[1, 2]"}},
    .cost = {.per_row = 2.0, .per_element = 0.5},
    .aliases = "takewhile",
    .see_also = "drop_while filter take_first",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
