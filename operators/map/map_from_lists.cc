// map_from_lists(keys, values): a map of two parallel lists.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class K, class V>
void zip(Arena& arena, List<K> keys, List<V> values, MapBuilder<K, V>& result) {
  Arena::Scope scope(arena);
  const uint32_t size = keys.size() < values.size() ? keys.size() : values.size();
  HashIndex<K> table;
  table.start(size, arena);
  // For each distinct key the last pair; the key stands where it came first.
  auto* pairs = arena.allocate_array<uint32_t>(size);
  for (uint32_t i = 0; i < size; ++i) {
    if (!keys.is_null(i) && !values.is_null(i)) pairs[table.insert(keys[i])] = i;
  }
  for (uint32_t id = 0; id < table.size(); ++id) result.push_back(keys[pairs[id]], values[pairs[id]]);
}

template <class K>
struct FloatsByKey {
  static void eval(Arena& arena, List<K> keys, List<double> values, MapBuilder<K, double>& result) {
    zip(arena, keys, values, result);
  }
};
template <class K>
struct IntsByKey {
  static void eval(Arena& arena, List<K> keys, List<int64_t> values, MapBuilder<K, int64_t>& result) {
    zip(arena, keys, values, result);
  }
};
template <class K>
struct TextsByKey {
  static void eval(Arena& arena, List<K> keys, List<Text> values, MapBuilder<K, Text>& result) {
    zip(arena, keys, values, result);
  }
};

constexpr Operator kOperator = {
    .name = "map_from_lists",
    .summary = "Make a map of a list of keys and a list of values",
    .parameters = {{"keys", "the keys"}, {"values", "the value of each key"}},
    .overloads = {generic_overload<"<K: key>(keys: list<K>, values: list<float>) -> map<K, float>", FloatsByKey, bool,
                                   int64_t, Text>(),
                  generic_overload<"<K: key>(keys: list<K>, values: list<int>) -> map<K, int>", IntsByKey, bool,
                                   int64_t, Text>(),
                  generic_overload<"<K: key>(keys: list<K>, values: list<string>) -> map<K, string>", TextsByKey, bool,
                                   int64_t, Text>()},
    .edges = {{"a list is empty", "an empty map"},
              {"one list is longer", "its rest is left out"},
              {"a key comes twice", "the later value counts, at the place of the first"},
              {"a key or a value is null", "the pair is left out"}},
    .examples = {{"map_from_lists([\"a\", \"b\"], [1, 2])[\"b\"]", "2"}},
    .cost = {.per_row = 25.0, .per_element = 3.5},
    .aliases = "map_from_arrays from_lists array_combine map_from_entries zip_map dict",
    .see_also = "keys values count_values",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
