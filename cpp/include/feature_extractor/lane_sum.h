// Sums over lists: of ints without loss, of floats in one order, whatever the SIMD width.
//
// The order of float sums:
// Eight lanes start at 0.0. Element i is added to lane i mod 8. In the end the lanes are folded in halves: lane j (j < 4) takes
// lane j + 4, then lane j (j < 2) takes lane j + 2, and the sum is lane 0 + lane 1. A null element counts as 0.0 in its place.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor {

// The sum of value(0), ..., value(size - 1). `value` is inlined; two neighbours are one vector of two doubles.
template <class Value>
[[gnu::always_inline]] inline double lane_sum(uint32_t size, Value&& value) {
  using Pair = double __attribute__((vector_size(16)));
  Pair a = {0.0, 0.0};
  Pair b = {0.0, 0.0};
  Pair c = {0.0, 0.0};
  Pair d = {0.0, 0.0};
  const uint32_t whole = size & ~7u;
  for (uint32_t i = 0; i < whole; i += 8) {
    a += Pair{value(i), value(i + 1)};
    b += Pair{value(i + 2), value(i + 3)};
    c += Pair{value(i + 4), value(i + 5)};
    d += Pair{value(i + 6), value(i + 7)};
  }
  const uint32_t rest = size - whole;
  if (rest > 0) {
    const auto at = [&](uint32_t lane) { return lane < rest ? value(whole + lane) : 0.0; };
    a += Pair{at(0), at(1)};
    if (rest > 2) b += Pair{at(2), at(3)};
    if (rest > 4) c += Pair{at(4), at(5)};
    if (rest > 6) d[0] += at(6);
  }
  a += c;
  b += d;
  a += b;
  return a[0] + a[1];
}

// The sum of a list's elements that are not null, each mapped by `value`, which sees the stored value.
template <class T, class Value>
[[gnu::always_inline]] inline double lane_sum(List<T> xs, Value&& value) {
  const auto* data = xs.data();
  if (const uint8_t* valid = xs.valid()) {
    return lane_sum(xs.size(), [&](uint32_t i) __attribute__((always_inline)) {
      const double mapped = value(data[i]);
      return valid[i] != 0 ? mapped : 0.0;
    });
  }
  return lane_sum(xs.size(), [&](uint32_t i) __attribute__((always_inline)) { return value(data[i]); });
}

__extension__ using Int128 = __int128;

// The exact sum of a list's elements that are not null. Each element is split in two halves of 32 bits, made unsigned by an
// offset of 2^63, so that the loop needs only what every SIMD level has and cannot overflow below 2^32 elements.
template <class T>
inline Int128 exact_sum(List<T> xs) {
  constexpr uint64_t kOffset = uint64_t{1} << 63;
  const int64_t* data = xs.data();
  const uint8_t* valid = xs.valid();
  const uint32_t size = xs.size();
  uint64_t high = 0;
  uint64_t low = 0;
  if (valid == nullptr) {
    for (uint32_t i = 0; i < size; ++i) {
      const uint64_t shifted = static_cast<uint64_t>(data[i]) ^ kOffset;
      high += shifted >> 32;
      low += shifted & 0xFFFFFFFF;
    }
  } else {
    for (uint32_t i = 0; i < size; ++i) {
      const uint64_t shifted = static_cast<uint64_t>(valid[i] != 0 ? data[i] : 0) ^ kOffset;
      high += shifted >> 32;
      low += shifted & 0xFFFFFFFF;
    }
  }
  return (static_cast<Int128>(high) << 32) + static_cast<Int128>(low) -
         static_cast<Int128>(size) * static_cast<Int128>(kOffset);
}

// The sum if it fits 64 bits.
inline Nullable<int64_t> narrowed(Int128 sum) {
  const auto narrow = static_cast<int64_t>(sum);
  return Nullable<int64_t>::where(narrow == sum, narrow);
}

// The number of elements that are not null.
template <class T>
inline uint32_t count_present(List<T> xs) {
  const uint8_t* valid = xs.valid();
  if (valid == nullptr) return xs.size();
  uint32_t count = 0;
  for (uint32_t i = 0; i < xs.size(); ++i) count += valid[i];
  return count;
}

}  // namespace feature_extractor
