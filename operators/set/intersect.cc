// intersect(xs, ys): the values that are in both lists.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct Intersect {
  static void eval(Arena& arena, List<T> xs, List<T> ys, Selection& kept) {
    Arena::Scope scope(arena);
    SecondIndex index;
    index.build(ys, arena);
    index.probe(xs, kept);
  }

  struct Index {
    MarkedIndex<T> table;
    void build(List<T> xs, Arena& arena) { table.build(xs, arena); }
    void probe(List<T> ys, Selection& kept) {
      if (!table.mark_only(ys)) return;
      for (uint32_t id = 0; id < table.size(); ++id) {
        if (table.is_marked(id)) kept.push_back(table.first(id));
      }
    }
  };

  struct SecondIndex {
    MarkedIndex<T> table;
    void build(List<T> ys, Arena& arena) { table.build(ys, arena); }
    void probe(List<T> xs, Selection& kept) {
      table.clear_marks();
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (xs.is_null(i)) continue;
        const uint32_t id = table.find(xs[i]);
        if (id != HashIndex<T>::kNone && table.mark(id)) kept.push_back(i);
      }
    }
  };
};

constexpr Operator kOperator = {
    .name = "intersect",
    .summary = "Keep the distinct values that are in both lists",
    .detail = "The order is that of the first list.",
    .parameters = {{"xs", "the first list"}, {"ys", "the second list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> list<T>", Intersect, bool, int64_t, double,
                                   Text>()},
    .edges = {{"a value comes twice", "it is kept once"},
              {"an element is null", "it is left out: null is equal to nothing"},
              {"a list is empty", "an empty list"}},
    .examples = {{"intersect([3, 1, 2, 3], [3, 2])", "[3, 2]"}},
    .cost = {.per_row = 30.0, .per_element = 3.0},
    .algebra = "idempotent",
    .aliases = "array_intersect list_intersect intersection set_intersection",
    .see_also = "union difference overlap_count",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
