// count_equal(xs, value): the planner's form of a count by equality.
#include "feature_extractor/operator.h"
#include "feature_extractor/joined_keys.h"

namespace feature_extractor {
namespace {

template <class T>
struct CountEqual {
  static int64_t eval(List<T> xs, Nullable<T> value) {
    if (!value) return 0;
    int64_t count = 0;
    for (uint32_t i = 0; i < xs.size(); ++i) count += same_value<T>(xs[i], *value) && !xs.is_null(i) ? 1 : 0;
    return count;
  }

  struct Index {
    JoinedKeys<T> keys;
    uint32_t* counts;  // By number plus one; the first is that of no key.

    void build(List<T> xs, Arena& arena) {
      keys.start(xs, arena);
      counts = arena.allocate_array<uint32_t>(xs.size() + 1);
      counts[0] = 0;
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (xs.is_null(i)) continue;
        const uint32_t size = keys.size();
        const uint32_t number = keys.insert(xs[i]);
        counts[number + 1] = number == size ? 1 : counts[number + 1] + 1;
      }
    }
    int64_t answer(uint32_t number) const { return counts[number + 1]; }
  };
};

constexpr Operator kOperator = {
    .name = "count_equal",
    .summary = "Count the elements that equal a value, none where the value is null",
    .detail =
        "Written by the planner for `count(xs, e -> key(e) == value)`, where the value does not depend on the element. "
        "`count_value` is the form for people: it is null where the value is null.",
    .parameters = {{"xs", "the list"}, {"value", "the value to equal"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, value: T?) -> int", CountEqual, bool, int64_t, double, Text>()},
    .edges = {{"the value is null", "0: nothing equals null"}, {"an element is null", "it equals nothing"}},
    .examples = {{"count_equal([1, 2, 1], 1)", "2"}},
    .cost = {.per_row = 6.0, .per_element = 0.3},
    .role = "hidden",
    .see_also = "count count_value",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
