// drop_first(xs, count): a list without its beginning, without copying it.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct DropFirst {
  static Span eval(List<Any> xs, int64_t count) {
    const int64_t size = xs.size();
    const auto dropped = static_cast<uint32_t>(count < 0 ? 0 : count > size ? size : count);
    return {dropped, xs.size() - dropped};
  }
};

constexpr Operator kOperator = {
    .name = "drop_first",
    .summary = "Leave out the first elements of a list",
    .parameters = {{"xs", "the list"}, {"count", "how many elements to leave out"}},
    .overloads = {overload<"<T: any>(xs: list<T>, count: int = 1) -> list<T>", DropFirst>()},
    .edges = {{"an element is null", "it counts like any other"},
              {"`count` is more than the length", "an empty list"},
              {"`count` is negative", "the whole list"}},
    .examples = {{"drop_first([1, 2, 3], 2)", "[3]"}, {"drop_first([1, 2, 3])", "[2, 3]"}},
    .cost = {.per_row = 1.0},
    .aliases = "skip tail drop offset",
    .see_also = "drop_last take_first slice",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
