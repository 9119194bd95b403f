// Arithmetic on 64-bit integers that operators share: conversions from and to float, and floored division. Everything
// is total, and written so that loops over it are vectorised also where the CPU has no such instruction.
#pragma once

#include "feature_extractor/column.h"
#include "feature_extractor/math.h"

namespace feature_extractor::integer {

// The float nearest to x, a tie going to the even one. The upper and the lower half of x become the low mantissa
// bits of 2^84 + 2^63 + upper * 2^32 and of 2^52 + lower; their difference from the constants is exact, so that
// only the sum rounds.
FEATURE_EXTRACTOR_MATH_INLINE double to_float(int64_t x) {
  const uint64_t bits = static_cast<uint64_t>(x);
  const double upper = math::from_bits(((bits >> 32) ^ 0x80000000u) | 0x4530000000000000u);
  const double lower = math::from_bits((bits & 0xffffffffu) | 0x4330000000000000u);
  return (upper - (0x1p84 + 0x1p63 + 0x1p52)) + lower;
}

// A float of magnitude below 2^51 without a fraction, as an int. Any other value gives any int.
FEATURE_EXTRACTOR_MATH_INLINE int64_t from_small(double whole) {
  return static_cast<int64_t>(math::to_bits(whole + math::kRoundingShift) - math::to_bits(math::kRoundingShift));
}

// A float without a fraction as an int; null outside the range of int, also for NaN. The value is taken apart into
// upper * 2^32 + lower, both small.
FEATURE_EXTRACTOR_MATH_INLINE Nullable<int64_t> from_whole(double whole) {
  const double upper = (whole * 0x1p-32 + math::kRoundingShift) - math::kRoundingShift;
  const double lower = whole - upper * 0x1p32;
  const uint64_t bits = (static_cast<uint64_t>(from_small(upper)) << 32) + static_cast<uint64_t>(from_small(lower));
  return Nullable<int64_t>::where((whole >= -0x1p63) & (whole < 0x1p63), static_cast<int64_t>(bits));
}

// x = quotient * y + remainder, where the remainder has the sign of y.
struct Division {
  int64_t quotient;
  int64_t remainder;
};

// Total: a division by zero gives x and 0, and the least int by -1 gives itself and 0.
FEATURE_EXTRACTOR_MATH_INLINE Division divide_floored(int64_t x, int64_t y) {
  const bool ordinary = (y != 0) & !((x == INT64_MIN) & (y == -1));
  const int64_t divisor = ordinary ? y : 1;
  const int64_t quotient = x / divisor;
  const int64_t remainder = x - quotient * divisor;
  const bool adjust = (remainder != 0) & ((remainder ^ divisor) < 0);
  return {quotient - adjust, ordinary ? remainder + (adjust ? divisor : 0) : 0};
}

// The same over arrays: `store(i, quotient, remainder)` for each row. CPUs have no vector division of integers, but
// where all operands of a block are below 2^51 in magnitude the division of floats gives the same integers: a
// quotient that is not whole is at least 1/|y| away from the next integer n, and |n * y| < 2^52, so that it cannot
// be rounded to n.
template <class Store>
FEATURE_EXTRACTOR_MATH_INLINE void divide_floored(size_t rows, const int64_t* x, const int64_t* y, Store store) {
  constexpr size_t kBlock = 256;
  for (size_t begin = 0; begin < rows; begin += kBlock) {
    const size_t end = rows - begin < kBlock ? rows : begin + kBlock;
    uint64_t large = 0;
    for (size_t i = begin; i < end; ++i) {
      large |= static_cast<uint64_t>(x[i]) + (uint64_t{1} << 51);
      large |= static_cast<uint64_t>(y[i]) + (uint64_t{1} << 51);
    }
    if (large >> 52 == 0) {
      FEATURE_EXTRACTOR_MATH_INDEPENDENT_ITERATIONS
      for (size_t i = begin; i < end; ++i) {
        const double numerator = to_float(x[i]);
        const double divisor = to_float(y[i]);
        const double quotient = math::floor(numerator / divisor);
        store(i, from_small(quotient), from_small(numerator - quotient * divisor));
      }
    } else {
      for (size_t i = begin; i < end; ++i) {
        const Division division = divide_floored(x[i], y[i]);
        store(i, division.quotient, division.remainder);
      }
    }
  }
}

}  // namespace feature_extractor::integer
