// gather(xs, positions): the elements at given positions.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Gather {
  static void eval(List<Any> xs, List<int64_t> positions, Selection& kept) {
    const auto size = static_cast<int64_t>(xs.size());
    kept.reserve(positions.size());
    for (uint32_t i = 0; i < positions.size(); ++i) {
      if (positions.is_null(i)) continue;
      const int64_t position = positions[i] < 0 ? positions[i] + size : positions[i];
      if (position >= 0 && position < size) kept.push_back(static_cast<uint32_t>(position));
    }
  }
};

constexpr Operator kOperator = {
    .name = "gather",
    .summary = "Take the elements of a list at given positions",
    .detail =
        "Positions count from 0, negative ones from the end, as for `xs[i]`; they may come in any order and more than "
        "once. Every second element is `xs.gather(xs.positions().filter(i -> i % 2 == 0))`; "
        "`ys.gather(xs.positions().sort_by(i -> xs[i]))` sorts one list by another.",
    .parameters = {{"xs", "the list"}, {"positions", "the position of each element of the result"}},
    .overloads = {overload<"<T: any>(xs: list<T>, positions: list<int>) -> list<T>", Gather>()},
    .edges = {{"a position is outside the list, or null", "it is left out"},
              {"a position comes twice", "so does its element"},
              {"a list is empty", "an empty list"}},
    .examples = {{"gather([\"a\", \"b\", \"c\"], [2, 0, -1])", "[\"c\", \"a\", \"c\"]"},
                 {"gather([10, 20], [5, 1])", "[20]"}},
    .cost = {.per_row = 5.0, .per_element = 1.0},
    .aliases = "take select_positions take_at list_gather permute",
    .see_also = "get mask slice sort_by",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
