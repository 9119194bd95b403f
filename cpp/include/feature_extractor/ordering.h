// Stable sorting of lists by value: positions in the order of their values, nulls left out.
#pragma once

#include "feature_extractor/small_ranks.h"

#include <algorithm>

namespace feature_extractor {

// A key whose unsigned order is the order of the values; for texts only of their first eight bytes.
template <class T>
[[gnu::always_inline]] inline uint64_t order_key(T value) {
  if constexpr (std::is_same_v<T, Text>) {
    uint64_t key = 0;
    if (!value.empty()) __builtin_memcpy(&key, value.data(), value.size() < 8 ? value.size() : 8);
    return __builtin_bswap64(key);
  } else if constexpr (std::is_same_v<T, double>) {
    const auto bits = __builtin_bit_cast(uint64_t, value + 0.0);
    return bits ^ (bits >> 63 != 0 ? ~uint64_t{0} : uint64_t{1} << 63);
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? 1 : 0;
  } else {
    return static_cast<uint64_t>(value) ^ uint64_t { 1 } << 63;
  }
}

// The inverse, for ints and floats.
template <class T>
[[gnu::always_inline]] inline T value_of_order_key(uint64_t key) {
  constexpr uint64_t kSign = uint64_t{1} << 63;
  if constexpr (std::is_same_v<T, double>) {
    return __builtin_bit_cast(double, key ^ (key >> 63 != 0 ? kSign : ~uint64_t{0}));
  } else {
    return static_cast<int64_t>(key ^ kSign);
  }
}

struct Ranked {
  uint64_t key;
  uint32_t position;
};

// Ascending, or descending, by value; equal values by their position. A total order for every bit pattern.
template <class T>
struct ValueOrder {
  List<T> xs;
  bool descending;

  uint64_t key(uint32_t position) const {
    const uint64_t ascending = order_key<T>(xs[position]);
    return descending ? ~ascending : ascending;
  }
  bool operator()(Ranked x, Ranked y) const {
    if (x.key != y.key) return x.key < y.key;
    if constexpr (std::is_same_v<T, Text>) {
      const int order = xs[x.position].compare(xs[y.position]);
      if (order != 0) return descending ? order > 0 : order < 0;
    }
    return x.position < y.position;
  }
};

// The position of the first in order among the elements that are not null.
template <class T>
inline Nullable<uint32_t> first_in_order(const ValueOrder<T>& order) {
  Ranked best{0, 0};
  bool found = false;
  for (uint32_t i = 0; i < order.xs.size(); ++i) {
    if (order.xs.is_null(i)) continue;
    const Ranked item{order.key(i), i};
    if (!found || order(item, best)) best = item;
    found = true;
  }
  return Nullable<uint32_t>::where(found, best.position);
}

inline constexpr uint32_t kInsertionSortSize = 24;

// Functions of their own: inlined into the kernels of each SIMD level, sorting took most of their build time.
template <class Order>
[[gnu::noinline]] void sort_many(Ranked* items, uint32_t count, const Order& order) {
  std::sort(items, items + count, order);
}

template <class Order>
inline void sort_ranked(Ranked* items, uint32_t count, const Order& order) {
  if (count > kInsertionSortSize) return sort_many(items, count, order);
  for (uint32_t i = 1; i < count; ++i) {
    const Ranked item = items[i];
    uint32_t at = i;
    for (; at > 0 && order(item, items[at - 1]); --at) items[at] = items[at - 1];
    items[at] = item;
  }
}

// Sorts the elements of a short list that are not null. False if equal keys do not tell their texts apart.
template <class T, SimdLevel Level>
inline bool rank_by_counting(List<T> xs, bool descending, Ranked* items, uint32_t* count) {
  int64_t keys[kCountedKeys];
  uint64_t ranks[kCountedKeys];
  uint32_t positions[kCountedKeys];
  // The sign makes the unsigned order of the keys that of signed ints.
  const uint64_t flip = uint64_t{1} << 63 ^ (descending ? ~uint64_t{0} : 0);
  const uint8_t* valid = xs.valid();
  uint32_t size = 0;
  for (uint32_t i = 0; i < xs.size(); ++i) {
    keys[size] = static_cast<int64_t>(order_key<T>(xs[i]) ^ flip);
    positions[size] = i;
    size += valid == nullptr ? 1 : valid[i];
  }
  count_ranks_at<Level>(keys, size, ranks);
  for (uint32_t i = 0; i < size; ++i) {
    items[ranks[i]] = {static_cast<uint64_t>(keys[i]) ^ uint64_t{1} << 63, positions[i]};
  }
  *count = size;
  if constexpr (std::is_same_v<T, Text>) {
    for (uint32_t i = 1; i < size; ++i) {
      if (items[i].key == items[i - 1].key) return false;
    }
  }
  return true;
}

// `rank` below, for a list of any length.
template <class T>
[[gnu::noinline]] uint32_t rank_many(List<T> xs, bool descending, uint32_t limit, Ranked* items) {
  const ValueOrder<T> order{xs, descending};
  const uint32_t size = xs.size();
  uint32_t count = 0;
  if (limit <= 16) {
    // A few of many: keep the best ones sorted; most elements fail the first comparison.
    for (uint32_t i = 0; i < size; ++i) {
      if (xs.is_null(i)) continue;
      const Ranked item{order.key(i), i};
      if (count == limit) {
        if (limit == 0 || !order(item, items[count - 1])) continue;
        --count;
      }
      uint32_t at = count++;
      for (; at > 0 && order(item, items[at - 1]); --at) items[at] = items[at - 1];
      items[at] = item;
    }
    return count;
  }
  for (uint32_t i = 0; i < size; ++i) {
    if (!xs.is_null(i)) items[count++] = {order.key(i), i};
  }
  sort_ranked(items, count, order);
  return count < limit ? count : limit;
}

// Writes the elements that are not null to `items`, which has room for all, the first `limit` of them sorted, and returns how
// many are sorted: all of them, or `limit`.
template <class T, SimdLevel Level>
inline uint32_t rank(List<T> xs, bool descending, uint32_t limit, Ranked* items) {
  if (xs.size() <= kCountedKeys) {
    uint32_t count = 0;
    if (!rank_by_counting<T, Level>(xs, descending, items, &count)) {
      sort_ranked(items, count, ValueOrder<T>{xs, descending});
    }
    return count < limit ? count : limit;
  }
  return rank_many(xs, descending, limit, items);
}

// Keeps all elements in the order of their keys; those without one come last, in their order.
template <class K, SimdLevel Level>
inline void keep_sorted(Arena& arena, List<K> keys, bool descending, Selection& kept) {
  Arena::Scope scope(arena);
  auto* items = arena.allocate_array<Ranked>(keys.size());
  const uint32_t count = rank<K, Level>(keys, descending, keys.size(), items);
  kept.reserve(keys.size());
  for (uint32_t i = 0; i < count; ++i) kept.push_back(items[i].position);
  if (count == keys.size()) return;
  for (uint32_t i = 0; i < keys.size(); ++i) {
    if (keys.is_null(i)) kept.push_back(i);
  }
}

// Keeps the `count` elements with the greatest keys, greatest first.
template <class K, SimdLevel Level>
inline void keep_greatest(Arena& arena, List<K> keys, int64_t count, Selection& kept) {
  Arena::Scope scope(arena);
  const auto wanted = static_cast<uint32_t>(count < 0 ? 0 : count > keys.size() ? keys.size() : count);
  auto* items = arena.allocate_array<Ranked>(keys.size());
  const uint32_t found = rank<K, Level>(keys, true, wanted, items);
  kept.reserve(found);
  for (uint32_t i = 0; i < found; ++i) kept.push_back(items[i].position);
}

}  // namespace feature_extractor
