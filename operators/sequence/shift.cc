// shift(xs, count), shift(xs, count, fill): each element moved some places on.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

// Calls push(position) for each place of the result with the position of its element, and fill() where there is none.
template <class Push, class Fill>
inline void shift_positions(uint32_t size, int64_t count, Push&& push, Fill&& fill) {
  const auto most = static_cast<int64_t>(size);
  const int64_t moved = count > most ? most : count < -most ? -most : count;
  for (int64_t i = 0; i < most; ++i) {
    const int64_t from = i - moved;
    from >= 0 && from < most ? push(static_cast<uint32_t>(from)) : fill();
  }
}

template <class T>
struct ShiftIntoNulls {
  static void eval(List<T> xs, int64_t count, ListBuilder<T>& result) {
    result.reserve(xs.size());
    shift_positions(xs.size(), count, [&](uint32_t i) { result.push_element(xs, i); }, [&] { result.push_null(); });
  }
};

template <class T>
struct ShiftIntoValue {
  static void eval(List<T> xs, int64_t count, T fill, ListBuilder<T>& result) {
    result.reserve(xs.size());
    shift_positions(xs.size(), count, [&](uint32_t i) { result.push_element(xs, i); }, [&] { result.push_back(fill); });
  }
};

constexpr Operator kOperator = {
    .name = "shift",
    .summary = "Move each element some places on, so that it stands beside the ones after it",
    .detail =
        "Element i of the result is element i - count of the list: with 1 each place holds the element before it "
        "(SQL's `lag`), with -1 the one after it (`lead`). The length stays.",
    .parameters = {{"xs", "the list"},
                   {"count", "how many places; a negative number moves towards the beginning"},
                   {"fill", "what stands where no element comes; null if it is left out"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, count: int = 1) -> list<T?>", ShiftIntoNulls, bool,
                                   int64_t, double, Text>(),
                  generic_overload<"<T: scalar>(xs: list<T>, count: int, fill: T) -> list<T>", ShiftIntoValue, bool,
                                   int64_t, double, Text>()},
    .edges = {{"`count` is 0", "the list"},
              {"`count` is the length or more", "only `fill`"},
              {"an element is null", "it is moved like any other"},
              {"the list is empty", "an empty list"},
              {"`count` is negative", "the elements move towards the beginning"}},
    .examples = {{"shift([1, 2, 3], 1)", "[null, 1, 2]"},
                 {"shift([1, 2, 3], -1)", "[2, 3, null]"},
                 {"shift([\"a\", \"b\"], 1, \"\")", "[\"\", \"a\"]"}},
    .cost = {.per_row = 6.0, .per_element = 1.0},
    .aliases = "lag lead previous next offset",
    .see_also = "differences successors drop_last",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
