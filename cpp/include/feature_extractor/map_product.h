// The sum of products over the keys that two maps share, in one order whichever map is shared by many rows.
#pragma once

#include "feature_extractor/hash_index.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {

// The value that a key has in a map, by its table; 0.0 for null, the later one where a key comes twice.
template <class K>
struct MapTable {
  HashIndex<K> table;
  double* weights;

  void build(Map<K, double> m, Arena& arena) {
    const List<K> keys = m.keys();
    const List<double> values = m.values();
    table.start(m.size(), arena);
    weights = arena.allocate_array<double>(m.size());
    for (uint32_t i = 0; i < m.size(); ++i) {
      if (!keys.is_null(i)) weights[table.insert(keys[i])] = values.is_null(i) ? 0.0 : values[i];
    }
  }

  // From left to right over the entries of `x`.
  double product(Map<K, double> x) const {
    const List<K> keys = x.keys();
    const List<double> values = x.values();
    double sum = 0.0;
    for (uint32_t i = 0; i < x.size(); ++i) {
      if (keys.is_null(i) || values.is_null(i)) continue;
      const uint32_t id = table.find(keys[i]);
      if (id != HashIndex<K>::kNone) sum += values[i] * weights[id];
    }
    return sum;
  }
};

template <class K>
inline double map_product(Map<K, double> x, Map<K, double> y, Arena& arena) {
  Arena::Scope scope(arena);
  MapTable<K> table;
  table.build(y, arena);
  return table.product(x);
}

template <class K>
struct MapProduct {
  using SecondShared = MapTable<K>;

  // The table holds the first map's keys; each second map marks its weights there, and the sum runs over the first map.
  struct FirstShared {
    MarkedIndex<K> table;
    uint32_t* ids;
    double* values;
    double* weights;
    uint32_t size;

    void build(Map<K, double> x, Arena& arena) {
      const List<K> keys = x.keys();
      const List<double> numbers = x.values();
      size = x.size();
      table.build(keys, arena);
      ids = arena.allocate_array<uint32_t>(size);
      values = arena.allocate_array<double>(size);
      weights = arena.allocate_array<double>(size);
      for (uint32_t i = 0; i < size; ++i) {
        ids[i] = keys.is_null(i) || numbers.is_null(i) ? HashIndex<K>::kNone : table.find(keys[i]);
        values[i] = ids[i] == HashIndex<K>::kNone ? 0.0 : numbers[i];
      }
    }

    double product(Map<K, double> y) {
      const List<K> keys = y.keys();
      const List<double> numbers = y.values();
      table.clear_marks();
      bool found = false;
      for (uint32_t i = 0; i < y.size(); ++i) {
        if (keys.is_null(i)) continue;
        const uint32_t id = table.find(keys[i]);
        if (id == HashIndex<K>::kNone) continue;
        table.mark(id);
        weights[id] = numbers.is_null(i) ? 0.0 : numbers[i];
        found = true;
      }
      if (!found) return 0.0;
      double sum = 0.0;
      for (uint32_t i = 0; i < size; ++i) {
        if (ids[i] != HashIndex<K>::kNone && table.is_marked(ids[i])) sum += values[i] * weights[ids[i]];
      }
      return sum;
    }
  };
};

}  // namespace feature_extractor
