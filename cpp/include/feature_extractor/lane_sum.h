// Sums over lists: of ints without loss, of floats in one order, whatever the SIMD width.
//
// The order of float sums:
// Eight lanes start at 0.0. Element i is added to lane i mod 8. In the end the lanes are folded in halves: lane j (j < 4) takes
// lane j + 4, then lane j (j < 2) takes lane j + 2, and the sum is lane 0 + lane 1. A null element counts as 0.0 in its place.
#pragma once

#include "feature_extractor/column.h"

#include <bit>

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
    // Behind the end the last value is computed again and its bits are cleared: lengths are hard to predict, and adding 0.0
    // to a lane, which is never -0.0, changes nothing.
    const auto at = [&](uint32_t lane) __attribute__((always_inline)) {
      const double mapped = value(whole + (lane < rest ? lane : rest - 1));
      return __builtin_bit_cast(double, __builtin_bit_cast(uint64_t, mapped) & (uint64_t{0} - (lane < rest ? 1 : 0)));
    };
    a += Pair{at(0), at(1)};
    b += Pair{at(2), at(3)};
    c += Pair{at(4), at(5)};
    d += Pair{at(6), 0.0};
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

// The sum as a float: that of ints is exact until it is rounded.
template <class T>
inline double float_sum(List<T> xs) {
  if constexpr (std::is_same_v<T, double>) {
    return lane_sum(xs, [](double x) { return x; });
  } else {
    return static_cast<double>(exact_sum(xs));
  }
}

// The sum of bytes that are 0 or 1, eight at a time.
[[gnu::always_inline]] inline uint32_t count_ones(const uint8_t* flags, uint32_t size) {
  const auto eight = [&](uint32_t begin) __attribute__((always_inline)) {
    uint64_t word;
    __builtin_memcpy(&word, flags + begin, sizeof(word));
    return word;
  };
  uint32_t count = 0;
  if (size < 8) {
    for (uint32_t i = 0; i < size; ++i) count += flags[i];
    return count;
  }
  const uint32_t rest = size & 7;
  for (uint32_t i = 0; i + 8 <= size; i += 8) count += static_cast<uint32_t>(__builtin_popcountll(eight(i)));
  if (rest > 0) {
    // Those of the last eight that were not counted. The lowest byte comes first only on little-endian machines.
    const uint64_t last = eight(size - 8);
    const uint32_t others = 8 * (8 - rest);
    if constexpr (std::endian::native == std::endian::little) {
      count += static_cast<uint32_t>(__builtin_popcountll(last >> others));
    } else {
      count += static_cast<uint32_t>(__builtin_popcountll(last << others));
    }
  }
  return count;
}

// The number of elements that are not null.
template <class T>
inline uint32_t count_present(List<T> xs) {
  const uint8_t* valid = xs.valid();
  return valid == nullptr ? xs.size() : count_ones(valid, xs.size());
}

}  // namespace feature_extractor
