// slice(xs, start, count): a run of elements, without copying it.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Slice {
  static Span eval(List<Any> xs, int64_t start, int64_t count) {
    const auto size = static_cast<int64_t>(xs.size());
    if (start < -size) return from_before_the_list(start, count, size);
    const int64_t begin = start < 0 ? start + size : start > size ? size : start;
    const int64_t left = size - begin;
    const int64_t kept = count < 0 ? 0 : count > left ? left : count;
    return {static_cast<uint32_t>(begin), static_cast<uint32_t>(kept)};
  }

 private:
  // What a start before the first element leaves: the elements that would come after it.
  static Span from_before_the_list(int64_t start, int64_t count, int64_t size) {
    if (count <= 0) return {0, 0};
    // -size - start is how many of the wanted elements lie before the list; it is in (0, 2^63).
    const uint64_t missing = static_cast<uint64_t>(-size) - static_cast<uint64_t>(start);
    const auto wanted = static_cast<uint64_t>(count);
    if (wanted <= missing) return {0, 0};
    const uint64_t kept = wanted - missing;
    return {0, static_cast<uint32_t>(kept > static_cast<uint64_t>(size) ? static_cast<uint64_t>(size) : kept)};
  }
};

constexpr Operator kOperator = {
    .name = "slice",
    .summary = "Take a run of elements from a list",
    .detail =
        "The elements at the positions start, start + 1, ..., start + count - 1, as far as the list has them. A "
        "negative start counts from the end, so that -2 is the last but one.",
    .parameters = {{"xs", "the list"}, {"start", "the position of the first element, from 0"}, {"count", "how many"}},
    .overloads = {overload<"<T: any>(xs: list<T>, start: int, count: int) -> list<T>", Slice>()},
    .edges = {{"an element is null", "it counts like any other"},
              {"the run reaches beyond an end of the list", "what lies in the list"},
              {"`start` is past the end", "an empty list"},
              {"`count` is 0 or negative", "an empty list"}},
    .examples = {{"slice([1, 2, 3, 4], 1, 2)", "[2, 3]"}, {"slice([1, 2, 3, 4], -2, 5)", "[3, 4]"}},
    .cost = {.per_row = 2.0},
    .aliases = "array_slice list_slice subarray sublist",
    .see_also = "take_first take_last drop_first drop_last",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
