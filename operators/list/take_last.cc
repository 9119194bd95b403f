// take_last(xs, count): the end of a list, without copying it.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct TakeLast {
  static Span eval(List<Any> xs, int64_t count) {
    const int64_t kept = count < 0 ? 0 : count > xs.size() ? xs.size() : count;
    return {xs.size() - static_cast<uint32_t>(kept), static_cast<uint32_t>(kept)};
  }
};

constexpr Operator kOperator = {
    .name = "take_last",
    .summary = "Keep the last elements of a list",
    .parameters = {{"xs", "the list"}, {"count", "how many elements to keep"}},
    .overloads = {overload<"<T: any>(xs: list<T>, count: int) -> list<T>", TakeLast>()},
    .edges = {{"an element is null", "it counts like any other"},
              {"`count` is more than the length", "the whole list"},
              {"`count` is negative", "an empty list"}},
    .examples = {{"take_last([1, 2, 3], 2)", "[2, 3]"}},
    .cost = {.per_row = 1.0},
    .aliases = "tail",
    .see_also = "take_first slice",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
