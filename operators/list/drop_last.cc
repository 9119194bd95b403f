// drop_last(xs, count): a list without its end, without copying it.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct DropLast {
  static Span eval(List<Any> xs, int64_t count) {
    const int64_t size = xs.size();
    const auto dropped = static_cast<uint32_t>(count < 0 ? 0 : count > size ? size : count);
    return {0, xs.size() - dropped};
  }
};

constexpr Operator kOperator = {
    .name = "drop_last",
    .summary = "Leave out the last elements of a list",
    .parameters = {{"xs", "the list"}, {"count", "how many elements to leave out"}},
    .overloads = {overload<"<T: any>(xs: list<T>, count: int = 1) -> list<T>", DropLast>()},
    .edges = {{"an element is null", "it counts like any other"},
              {"`count` is more than the length", "an empty list"},
              {"`count` is negative", "the whole list"}},
    .examples = {{"drop_last([1, 2, 3], 2)", "[1]"}, {"drop_last([1, 2, 3])", "[1, 2]"}},
    .cost = {.per_row = 1.0},
    .aliases = "init butlast",
    .see_also = "drop_first take_last slice",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
