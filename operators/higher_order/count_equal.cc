// count_equal(xs, value): the planner's form of a count by equality.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

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
    HashIndex<T> table;
    uint32_t* counts;

    void build(List<T> xs, Arena& arena) {
      table.start(xs.size(), arena);
      counts = arena.allocate_array<uint32_t>(xs.size());
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (xs.is_null(i)) continue;
        const uint32_t size = table.size();
        const uint32_t id = table.insert(xs[i]);
        counts[id] = id == size ? 1 : counts[id] + 1;
      }
    }
    int64_t probe(Nullable<T> value) const {
      if (!value) return 0;
      const uint32_t id = table.find(*value);
      return id == HashIndex<T>::kNone ? 0 : counts[id];
    }
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
