// The values of a list in order, to find the place of many values among them.
#pragma once

#include "feature_extractor/ordering.h"

namespace feature_extractor {

// Built once for a list that many rows share; a place is then found in logarithmic time.
template <class T>
struct SortedValues {
  List<T> xs;
  Ranked* items;
  uint32_t count;

  void build(List<T> list, Arena& arena) {
    xs = list;
    items = arena.allocate_array<Ranked>(list.size());
    count = rank<T, SimdLevel::kBaseline>(list, false, list.size(), items);
  }

  // How many values are less than `x`, or not greater if `or_equal`.
  uint32_t below(T x, bool or_equal) const {
    const uint64_t key = order_key<T>(x);
    uint32_t first = 0;
    for (uint32_t size = count; size > 0;) {
      const uint32_t half = size / 2;
      const Ranked item = items[first + half];
      bool before = item.key < key || (or_equal && item.key == key);
      if constexpr (std::is_same_v<T, Text>) {
        if (item.key == key) {
          const int order = xs[item.position].compare(x);
          before = order < 0 || (or_equal && order == 0);
        }
      }
      first = before ? first + half + 1 : first;
      size = before ? size - half - 1 : half;
    }
    return first;
  }
};

// The same for one row, without sorting.
template <class T>
inline uint32_t count_below(List<T> xs, T x, bool or_equal, uint32_t& count) {
  uint32_t below = 0;
  count = 0;
  for (uint32_t i = 0; i < xs.size(); ++i) {
    if (xs.is_null(i)) continue;
    ++count;
    if constexpr (std::is_same_v<T, Text>) {
      const int order = xs[i].compare(x);
      below += order < 0 || (or_equal && order == 0) ? 1 : 0;
    } else {
      const uint64_t element = order_key<T>(xs[i]);
      const uint64_t key = order_key<T>(x);
      below += element < key || (or_equal && element == key) ? 1 : 0;
    }
  }
  return below;
}

}  // namespace feature_extractor
