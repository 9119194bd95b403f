// union(xs, ys): the values that are in either list.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct Union {
  static void eval(Arena& arena, List<T> xs, List<T> ys, ListBuilder<T>& result) {
    Arena::Scope scope(arena);
    HashIndex<T> table;
    table.start(static_cast<uint32_t>(uint64_t{xs.size()} + ys.size()), arena);
    add(table, xs, result);
    add(table, ys, result);
  }

  static void add(HashIndex<T>& table, List<T> list, ListBuilder<T>& result) {
    for (uint32_t i = 0; i < list.size(); ++i) {
      if (list.is_null(i)) continue;
      const uint32_t size = table.size();
      if (table.insert(list[i]) == size) result.push_back(list[i]);
    }
  }
};

constexpr Operator kOperator = {
    .name = "union",
    .summary = "List the distinct values that are in one list or the other",
    .detail = "First those of the first list in its order, then the new ones of the second. `concat` keeps duplicates.",
    .parameters = {{"xs", "the first list"}, {"ys", "the second list"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> list<T>", Union, bool, int64_t, double, Text>()},
    .edges = {{"a value comes twice", "it is kept once"},
              {"an element is null", "it is left out"},
              {"both lists are empty", "an empty list"}},
    .examples = {{"union([3, 1, 3], [2, 1])", "[3, 1, 2]"}},
    .cost = {.per_row = 30.0, .per_element = 3.0},
    .algebra = "associative idempotent",
    .aliases = "array_union list_union set_union merge",
    .see_also = "intersect difference concat distinct",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
