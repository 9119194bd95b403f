// difference(xs, ys): the values that are in the first list only.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct Difference {
  static void eval(Arena& arena, List<T> xs, List<T> ys, Selection& kept) {
    Arena::Scope scope(arena);
    HashIndex<T> table;
    // What is new to a table that starts with the values of `ys` is new to the result, too.
    table.start(static_cast<uint32_t>(uint64_t{xs.size()} + ys.size()), arena);
    for (uint32_t i = 0; i < ys.size(); ++i) {
      if (!ys.is_null(i)) table.insert(ys[i]);
    }
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      const uint32_t size = table.size();
      if (table.insert(xs[i]) == size) kept.push_back(i);
    }
  }

  struct Index {
    MarkedIndex<T> table;
    void build(List<T> xs, Arena& arena) { table.build(xs, arena); }
    void probe(List<T> ys, Selection& kept) {
      table.mark_only(ys);
      for (uint32_t id = 0; id < table.size(); ++id) {
        if (!table.is_marked(id)) kept.push_back(table.first(id));
      }
    }
  };

  struct SecondIndex {
    HashIndex<T> table;
    Arena* arena;
    void build(List<T> ys, Arena& scratch) {
      arena = &scratch;
      table.build(ys, scratch);
    }
    void probe(List<T> xs, Selection& kept) const {
      Arena::Scope scope(*arena);
      HashIndex<T> seen;
      seen.start(xs.size(), *arena);
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (xs.is_null(i) || table.contains(xs[i])) continue;
        const uint32_t size = seen.size();
        if (seen.insert(xs[i]) == size) kept.push_back(i);
      }
    }
  };
};

constexpr Operator kOperator = {
    .name = "difference",
    .summary = "Keep the distinct values of the first list that are not in the second",
    .detail = "The order is that of the first list.",
    .parameters = {{"xs", "the list"}, {"ys", "the values to leave out"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> list<T>", Difference, bool, int64_t,
                                   double, Text>()},
    .edges = {{"a value comes twice", "it is kept once"},
              {"an element is null", "it is left out"},
              {"the second list is empty", "the distinct values of the first"}},
    .examples = {{"difference([3, 1, 2, 3], [1])", "[3, 2]"}},
    .cost = {.per_row = 30.0, .per_element = 3.0},
    .aliases = "array_except except list_except set_difference minus subtract_list",
    .see_also = "intersect union",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
