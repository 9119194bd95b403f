// count_in(xs, values): how many elements are in another list; the planner's form of a count by membership.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct CountIn {
  static int64_t eval(Arena& arena, List<T> xs, Nullable<List<T>> values) {
    if (!values) return 0;
    Arena::Scope scope(arena);
    SecondIndex index;
    index.build(values, arena);
    return index.probe(xs);
  }

  struct Index {
    MarkedIndex<T> table;
    uint32_t* counts;

    void build(List<T> xs, Arena& arena) {
      table.build(xs, arena);
      counts = arena.allocate_array<uint32_t>(table.size());
      for (uint32_t id = 0; id < table.size(); ++id) counts[id] = 0;
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (!xs.is_null(i)) ++counts[table.find(xs[i])];
      }
    }

    int64_t probe(Nullable<List<T>> wanted) {
      if (!wanted) return 0;
      const List<T> values = *wanted;
      table.clear_marks();
      int64_t count = 0;
      for (uint32_t i = 0; i < values.size(); ++i) {
        if (values.is_null(i)) continue;
        const uint32_t id = table.find(values[i]);
        if (id != HashIndex<T>::kNone && table.mark(id)) count += counts[id];
      }
      return count;
    }
  };

  struct SecondIndex {
    HashIndex<T> table;
    void build(Nullable<List<T>> values, Arena& arena) { table.build(*values, arena); }
    int64_t probe(List<T> xs) const {
      int64_t count = 0;
      for (uint32_t i = 0; i < xs.size(); ++i) count += !xs.is_null(i) && table.contains(xs[i]) ? 1 : 0;
      return count;
    }
  };
};

constexpr Operator kOperator = {
    .name = "count_in",
    .summary = "Count the elements of a list that are in another list",
    .detail =
        "Written by the planner for `count(xs, e -> key(e) in values)`. An element that comes twice counts twice; "
        "`overlap_count` counts distinct values.",
    .parameters = {{"xs", "the list whose elements count"}, {"values", "the list to look in"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, values: list<T>?) -> int", CountIn, bool, int64_t, double, Text>()},
    .edges = {{"a list is empty, or the list to look in is null", "0"},
              {"an element is null", "nulls are equal to nothing"}},
    .examples = {{"count_in([1, 1, 2, 3], [1, 3, 3])", "3"}},
    .cost = {.per_row = 20.0, .per_element = 2.5},
    .role = "hidden",
    .see_also = "count overlap_count",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
