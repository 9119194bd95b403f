// any_in(xs, values): the planner's form of a search by membership.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct AnyIn {
  static bool eval(Arena& arena, List<T> xs, Nullable<List<T>> values) {
    if (!values) return false;
    Arena::Scope scope(arena);
    SecondIndex index;
    index.build(values, arena);
    return index.probe(xs);
  }

  static bool some(const HashIndex<T>& table, List<T> xs) {
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (!xs.is_null(i) && table.contains(xs[i])) return true;
    }
    return false;
  }

  struct Index {
    HashIndex<T> table;
    void build(List<T> xs, Arena& arena) { table.build(xs, arena); }
    bool probe(Nullable<List<T>> values) const { return values.has_value() && some(table, *values); }
  };

  struct SecondIndex {
    HashIndex<T> table;
    void build(Nullable<List<T>> values, Arena& arena) { table.build(*values, arena); }
    bool probe(List<T> xs) const { return some(table, xs); }
  };
};

constexpr Operator kOperator = {
    .name = "any_in",
    .summary = "Tell whether some element is in another list, false where that list is null",
    .detail = "Written by the planner for `any(xs, e -> key(e) in values)`. `intersects` is the form for people.",
    .parameters = {{"xs", "the list"}, {"values", "the list to look in"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, values: list<T>?) -> bool", AnyIn, bool, int64_t, double, Text>()},
    .edges = {{"the list to look in is null", "false"}, {"an element is null", "nulls are equal to nothing"}},
    .examples = {{"any_in([1, 2], [2, 3])", "true"}},
    .cost = {.per_row = 20.0, .per_element = 2.5},
    .role = "hidden",
    .see_also = "any intersects",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
