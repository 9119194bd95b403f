// take_first(xs, count): the beginning of a list, without copying it.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct TakeFirst {
  static Span eval(List<Any> xs, int64_t count) {
    const int64_t kept = count < 0 ? 0 : count > xs.size() ? xs.size() : count;
    return {0, static_cast<uint32_t>(kept)};
  }
};

constexpr Operator kOperator = {
    .name = "take_first",
    .summary = "Keep the first elements of a list",
    .parameters = {{"xs", "the list"}, {"count", "how many elements to keep"}},
    .overloads = {overload<"<T: any>(xs: list<T>, count: int) -> list<T>", TakeFirst>()},
    .edges = {{"an element is null", "it counts like any other"},
              {"`count` is more than the length", "the whole list"},
              {"`count` is negative", "an empty list"}},
    .examples = {{"take_first([1, 2, 3], 2)", "[1, 2]"}},
    .cost = {.per_row = 1.0},
    .aliases = "head limit take firstx truncate",
    .see_also = "take_last slice drop_first top",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
