// drop_while(xs, predicate): the elements from the first that fails.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct DropWhile {
  static Span eval(List<Any> xs, List<bool> predicate) {
    uint32_t dropped = 0;
    while (dropped < xs.size() && predicate[dropped] && !predicate.is_null(dropped)) ++dropped;
    return {dropped, xs.size() - dropped};
  }
};

constexpr Operator kOperator = {
    .name = "drop_while",
    .summary = "Leave out the elements from the beginning for as long as a condition holds",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> list<T>", DropWhile>()},
    .edges = {{"the condition is null", "it does not hold: the rest is kept"}, {"the list is empty", "an empty list"}},
    .examples = {{"drop_while([1, 2, 5, 1], x -> x < 3)", "[5, 1]"}},
    .cost = {.per_row = 2.0, .per_element = 0.5},
    .aliases = "dropwhile skip_while",
    .see_also = "take_while filter drop_first",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
