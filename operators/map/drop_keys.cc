// drop_keys(m, unwanted): the entries of a map whose keys are not in a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class K>
struct DropKeys {
  static void eval(Arena& arena, Map<K, Any> m, List<K> unwanted, Selection& kept) {
    Arena::Scope scope(arena);
    HashIndex<K> table;
    table.build(unwanted, arena);
    const List<K> keys = m.keys();
    for (uint32_t i = 0; i < keys.size(); ++i) {
      if (keys.is_null(i) || !table.contains(keys[i])) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "drop_keys",
    .summary = "Leave out the entries of a map whose keys are in a list",
    .parameters = {{"m", "the map"}, {"unwanted", "the keys to leave out"}},
    .overloads = {generic_overload<"<K: key, V: any>(m: map<K, V>, unwanted: list<K>) -> map<K, V>", DropKeys, bool,
                                   int64_t, Text>()},
    .edges = {{"the list of keys is empty", "the map as it is"},
              {"a key of the list is null", "it leaves nothing out"},
              {"the map lacks an unwanted key", "nothing happens"},
              {"an input map holds a key twice", "both entries are left out"}},
    .examples = {{"keys(drop_keys(count_values([\"a\", \"b\"]), [\"b\", \"c\"]))", "[\"a\"]"}},
    .cost = {.per_row = 20.0, .per_element = 2.5},
    .aliases = "map_exclude_keys map_delete omit list_except_by_key",
    .see_also = "select_keys difference",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
