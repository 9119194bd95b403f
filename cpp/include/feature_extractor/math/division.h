// Floored division of floats, and its remainder.
#ifndef FEATURE_EXTRACTOR_MATH_DIVISION_H_
#define FEATURE_EXTRACTOR_MATH_DIVISION_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/rounding.h"

namespace feature_extractor::math {

// numerator = quotient * denominator + remainder with a whole quotient, all of them zero or more.
struct WholeDivision {
  double quotient;
  double remainder;
};

// True where divide_moderate serves: the quotient has at most 52 bits and no partial product
// underflows or overflows.
FEATURE_EXTRACTOR_MATH_INLINE bool is_moderate_division(double x, double y) {
  const double size = magnitude(x);
  const double divisor = magnitude(y);
  return (divisor >= 0x1p-900) & (size <= 0x1p900) & (size < divisor * 0x1p52);
}

// For moderate x and y; total, but meaningless elsewhere. The rounded quotient may be one too large
// where the exact one is just below a whole number; the product is exact, and so is the remainder,
// which tells.
FEATURE_EXTRACTOR_MATH_INLINE WholeDivision divide_moderate(double x, double y) {
  const double size = magnitude(x);
  const double divisor = magnitude(y);
  const double quotient = trunc(size / divisor);
  const Extended product = multiply_exactly(quotient, divisor);
  const double remainder = (size - product.high) - product.low;
  const bool above = remainder < 0.0;
  return {quotient - select(above, 1.0, 0.0), remainder + select(above, divisor, 0.0)};
}

// For every finite x and every finite y but zero: long division of the significands in integers, 11
// bits at a time. A quotient of more than 53 bits is rounded.
[[gnu::cold]] inline WholeDivision divide_extreme(double x, double y) {
  const auto significand = [](double value, int& exponent) {
    const std::uint64_t bits = to_bits(magnitude(value));
    const std::uint64_t field = bits >> 52;
    exponent = field == 0 ? 1 : static_cast<int>(field);
    return (bits & 0x000fffffffffffffu) | (field == 0 ? 0 : 0x0010000000000000u);
  };
  int exponent;
  int divisor_exponent;
  std::uint64_t remainder = significand(x, exponent);
  const std::uint64_t divisor = significand(y, divisor_exponent);
  if (divisor == 0) return {kNan, kNan};
  if (magnitude(x) < magnitude(y)) return {0.0, magnitude(x)};
  // |x| >= |y|, so exponent >= divisor_exponent.
  remainder %= divisor;
  for (int left = exponent - divisor_exponent; left > 0 && remainder != 0;) {
    const int step = left < 11 ? left : 11;
    remainder = (remainder << step) % divisor;
    left -= step;
  }
  const double scaled = scale(static_cast<double>(remainder), static_cast<double>(divisor_exponent - 1075));
  return {round_half_even((magnitude(x) - scaled) / magnitude(y)), scaled};
}

FEATURE_EXTRACTOR_MATH_INLINE double floor_of(double x, double y, WholeDivision division) {
  const bool negative = (x < 0.0) != (y < 0.0);
  const double below = division.quotient + select(division.remainder != 0.0, 1.0, 0.0);
  return select(negative, 0.0 - below, division.quotient);
}

FEATURE_EXTRACTOR_MATH_INLINE double modulo_of(double x, double y, WholeDivision division) {
  const double remainder = select(x < 0.0, 0.0 - division.remainder, division.remainder);
  const bool adjust = (division.remainder != 0.0) & ((x < 0.0) != (y < 0.0));
  return remainder + select(adjust, y, 0.0);
}

// The largest whole number not above the exact quotient; the nearest float where that has more than
// 53 bits. Not finite when y is zero.
FEATURE_EXTRACTOR_MATH_INLINE double floor_divide(double x, double y) {
  return is_moderate_division(x, y) ? floor_of(x, y, divide_moderate(x, y)) : floor_of(x, y, divide_extreme(x, y));
}

// x - y * floor(x / y), which has the sign of y; as in Python the remainder is exact, and only the
// addition of y to one of the other sign rounds. NaN when y is zero.
FEATURE_EXTRACTOR_MATH_INLINE double modulo(double x, double y) {
  return is_moderate_division(x, y) ? modulo_of(x, y, divide_moderate(x, y)) : modulo_of(x, y, divide_extreme(x, y));
}

// The same over arrays: the vector path where every division of a block is moderate; the bits are
// the same.
template <typename OneResult>
FEATURE_EXTRACTOR_MATH_INLINE void for_each_division(const double* x, const double* y, double* __restrict out,
                                                     std::size_t count, OneResult one_result) {
  constexpr std::size_t kBlock = 256;
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t end = count - begin < kBlock ? count : begin + kBlock;
    std::uint64_t moderate = 1;
    for (std::size_t i = begin; i < end; ++i) moderate &= static_cast<std::uint64_t>(is_moderate_division(x[i], y[i]));
    if (moderate != 0) {
      FEATURE_EXTRACTOR_MATH_INDEPENDENT_ITERATIONS
      for (std::size_t i = begin; i < end; ++i) out[i] = one_result(x[i], y[i], divide_moderate(x[i], y[i]));
    } else {
      for (std::size_t i = begin; i < end; ++i) {
        out[i] = one_result(
            x[i], y[i], is_moderate_division(x[i], y[i]) ? divide_moderate(x[i], y[i]) : divide_extreme(x[i], y[i]));
      }
    }
  }
}

FEATURE_EXTRACTOR_MATH_INLINE void floor_divide(const double* x, const double* y, double* out, std::size_t count) {
  for_each_division(x, y, out, count, [](double a, double b, WholeDivision division) __attribute__((always_inline)) {
    return floor_of(a, b, division);
  });
}

FEATURE_EXTRACTOR_MATH_INLINE void modulo(const double* x, const double* y, double* out, std::size_t count) {
  for_each_division(x, y, out, count, [](double a, double b, WholeDivision division) __attribute__((always_inline)) {
    return modulo_of(a, b, division);
  });
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_DIVISION_H_
