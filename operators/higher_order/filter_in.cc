// filter_in(xs, key, values): the planner's form of a filter by membership.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class K>
struct FilterIn {
  static void eval(Arena& arena, List<Any> xs, List<K> keys, Nullable<List<K>> values, Selection& kept) {
    if (!values) return;
    Arena::Scope scope(arena);
    HashIndex<K> table;
    table.build(*values, arena);
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (!keys.is_null(i) && table.contains(keys[i])) kept.push_back(i);
    }
  }

  struct Index {
    static constexpr size_t kLists = 2;
    MarkedIndex<K> table;
    uint32_t* ids;
    uint32_t size;

    void build(List<Any> xs, List<K> keys, Arena& arena) {
      size = xs.size();
      ids = arena.allocate_array<uint32_t>(size);
      table.build(keys, arena);
      for (uint32_t i = 0; i < size; ++i) ids[i] = keys.is_null(i) ? HashIndex<K>::kNone : table.find(keys[i]);
    }

    void probe(Nullable<List<K>> wanted, Selection& kept) {
      if (!wanted || !table.mark_only(*wanted)) return;
      for (uint32_t i = 0; i < size; ++i) {
        if (ids[i] != HashIndex<K>::kNone && table.is_marked(ids[i])) kept.push_back(i);
      }
    }
  };
};

constexpr Operator kOperator = {
    .name = "filter_in",
    .summary = "Keep the elements whose key is in a list",
    .detail =
        "Written by the planner for `filter(xs, e -> key(e) in values)`, where the values do not depend on the "
        "element.",
    .parameters = {{"xs", "the list"}, {"key", "the key of each element"}, {"values", "the keys to keep"}},
    .overloads = {generic_overload<"<T: any, K: scalar>(xs: list<T>, key: T -> K, values: list<K>?) -> list<T>",
                                   FilterIn, bool, int64_t, double, Text>()},
    .edges = {{"no key is in the list", "an empty list"},
              {"a key, or an element of the values, is null", "nulls are equal to nothing"},
              {"the list of values is null", "an empty list"}},
    .examples = {{"filter_in([11, 21, 12, 13], x -> x % 10, [3, 1])", "[11, 21, 13]"}},
    .cost = {.per_row = 20.0, .per_element = 2.0},
    .role = "hidden",
    .see_also = "filter filter_equal",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
