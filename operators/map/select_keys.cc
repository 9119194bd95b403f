// select_keys(m, wanted): the entries of a map whose keys are in a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class K>
struct SelectKeys {
  static void eval(Arena& arena, Map<K, Any> m, List<K> wanted, Selection& kept) {
    Arena::Scope scope(arena);
    HashIndex<K> table;
    table.build(wanted, arena);
    const List<K> keys = m.keys();
    for (uint32_t i = 0; i < keys.size(); ++i) {
      if (!keys.is_null(i) && table.contains(keys[i])) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "select_keys",
    .summary = "Keep the entries of a map whose keys are in a list",
    .detail =
        "The order is that of the map. `values(select_keys(m, ks)).mean()` averages over the keys that the map has.",
    .parameters = {{"m", "the map"}, {"wanted", "the keys to keep"}},
    .overloads = {generic_overload<"<K: key, V: any>(m: map<K, V>, wanted: list<K>) -> map<K, V>", SelectKeys, bool,
                                   int64_t, Text>()},
    .edges = {{"the list of keys is empty", "an empty map"},
              {"a key of the list is null", "it selects nothing"},
              {"the map lacks a wanted key", "it is left out; no null stands for it"},
              {"a wanted key comes twice", "its entry is kept once"},
              {"an input map holds a key twice", "both entries are kept"}},
    .examples = {{"keys(select_keys(count_values([\"a\", \"b\"]), [\"b\", \"c\"]))", "[\"b\"]"}},
    .cost = {.per_row = 20.0, .per_element = 2.5},
    .aliases = "map_include_keys map_filter_keys map_find_values map_slice pick",
    .see_also = "drop_keys get intersect",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
