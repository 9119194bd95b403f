// Quantiles of a list, for the operators that are built on them.
#pragma once

#include "feature_extractor/ordering.h"

namespace feature_extractor {

// Type 7 of Hyndman and Fan (1996): linear interpolation at (n - 1) * q. Null where no element exists. The elements are
// compared as integers, so that even NaN, which does not occur, could not confuse the search.
template <class T>
inline Nullable<double> quantile_of(List<T> xs, double q, Arena& arena) {
  Arena::Scope scope(arena);
  auto* keys = arena.allocate_array<uint64_t>(xs.size());
  uint32_t count = 0;
  for (uint32_t i = 0; i < xs.size(); ++i) {
    if (!xs.is_null(i)) keys[count++] = order_key<T>(xs[i]);
  }
  if (count == 0) return null;
  const double share = q >= 0.0 ? (q <= 1.0 ? q : 1.0) : 0.0;
  const double rank = static_cast<double>(count - 1) * share;
  const auto below = static_cast<uint32_t>(rank);
  std::nth_element(keys, keys + below, keys + count);
  const auto low = static_cast<double>(value_of_order_key<T>(keys[below]));
  if (below + 1 >= count) return low;
  const auto high = static_cast<double>(value_of_order_key<T>(*std::min_element(keys + below + 1, keys + count)));
  return low + (high - low) * (rank - static_cast<double>(below));
}

}  // namespace feature_extractor
