// The values of each key of a list brought together: what group_sum, group_mean, group_max and group_min are made of.
#pragma once

#include "feature_extractor/hash_index.h"

namespace feature_extractor {

// Group::Value is the type of the values and Group::Result that of what a group gives: Group::of(value) begins a group,
// add(value) goes on, and result() is null where the group gives nothing. Keys come out in the order in which they first
// came with a value. A function of its own, so that the two kernels below share it.
template <class Group, class K>
[[gnu::noinline]] void group_values(Arena& arena, List<K> keys, List<typename Group::Value> values,
                                    MapBuilder<K, typename Group::Result>& result) {
  Arena::Scope scope(arena);
  const uint32_t size = keys.size() < values.size() ? keys.size() : values.size();
  HashIndex<K> table;
  table.start(size, arena);
  auto* groups = arena.allocate_array<Group>(size);
  auto* firsts = arena.allocate_array<uint32_t>(size);
  for (uint32_t i = 0; i < size; ++i) {
    if (keys.is_null(i) || values.is_null(i)) continue;
    const uint32_t known = table.size();
    const uint32_t id = table.insert(keys[i]);
    if (id == known) {
      groups[id] = Group::of(values[i]);
      firsts[id] = i;
    } else {
      groups[id].add(values[i]);
    }
  }
  for (uint32_t id = 0; id < table.size(); ++id) {
    const Nullable<typename Group::Result> value = groups[id].result();
    if (value.has_value()) result.push_back(keys[firsts[id]], *value);
  }
}

// The kernel for two parallel lists.
template <class Group, class K>
struct GroupedLists {
  static void eval(Arena& arena, List<K> keys, List<typename Group::Value> values,
                   MapBuilder<K, typename Group::Result>& result) {
    group_values<Group>(arena, keys, values, result);
  }
};

// The kernel for a list and two functions of its elements.
template <class Group, class K>
struct GroupedElements {
  static void eval(Arena& arena, List<Any>, List<K> keys, List<typename Group::Value> values,
                   MapBuilder<K, typename Group::Result>& result) {
    group_values<Group>(arena, keys, values, result);
  }
};

}  // namespace feature_extractor
