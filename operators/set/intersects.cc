// intersects(xs, ys): do two lists share a value?
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct Intersects {
  static bool eval(Arena& arena, List<T> xs, List<T> ys) {
    Arena::Scope scope(arena);
    Index index;
    index.build(ys, arena);
    return index.probe(xs);
  }

  // Serves for either list, since the question is symmetric.
  struct Index {
    HashIndex<T> table;
    void build(List<T> list, Arena& arena) { table.build(list, arena); }
    bool probe(List<T> other) const {
      for (uint32_t i = 0; i < other.size(); ++i) {
        if (!other.is_null(i) && table.contains(other[i])) return true;
      }
      return false;
    }
  };
  using SecondIndex = Index;
};

constexpr Operator kOperator = {
    .name = "intersects",
    .summary = "Tell whether two lists share a value",
    .parameters = {{"xs", "the first list"}, {"ys", "the second list"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> bool", Intersects, bool, int64_t, double, Text>()},
    .edges = {{"a list is empty", "false"}, {"an element is null", "it is equal to nothing"}},
    .examples = {{"intersects([1, 2], [2, 3])", "true"}, {"intersects([\"a\"], [\"b\"])", "false"}},
    .cost = {.per_row = 25.0, .per_element = 2.0},
    .algebra = "commutative",
    .aliases = "has_overlap arrays_overlap array_has_any list_has_any isdisjoint overlaps",
    .see_also = "overlap_count intersect contains",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
