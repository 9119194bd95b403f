// pow, cbrt and hypot.
#ifndef FEATURE_EXTRACTOR_MATH_POWER_H_
#define FEATURE_EXTRACTOR_MATH_POWER_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/exponential.h"
#include "feature_extractor/math/logarithm.h"
#include "feature_extractor/math/rounding.h"

namespace feature_extractor::math {

// x^y = 2^(y * log2 |x|) with the logarithm and the product in double-double. pow(x, 0) is 1 for
// every x, also for 0; a negative x needs an integer y and gives NaN otherwise; pow(0, y) is
// infinite for negative y; the sign of a zero follows IEEE 754. Results that a double holds exactly
// are exact.
FEATURE_EXTRACTOR_MATH_INLINE double pow(double x, double y) {
  const double size = magnitude(x);
  const Extended logarithm = log2_extended(size);
  const double y_high = upper_half(y);
  const double product = y_high * logarithm.high;
  const double rest = (y - y_high) * logarithm.high + y * logarithm.low;
  // Beyond 2^1100 in either direction only the sign of the exponent matters.
  const double sum = product + rest;
  const bool inside = magnitude(sum) < 1100.0;
  const double outside = select(sum > 0.0, 1200.0, -1200.0);
  double result = exp2_extended(select(inside, product, outside), select(inside, rest, 0.0));
  result = select(size == 0.0, select(y < 0.0, kInfinity, 0.0), result);
  const bool integer = round_half_even(y) == y;
  const double half = y * 0.5;
  const bool odd = integer & (round_half_even(half) != half);
  result = from_bits(to_bits(result) ^ (to_bits(x) & select_bits(odd, kSignBit, 0)));
  result = select((x < 0.0) & !integer, kNan, result);
  const bool finite = (size <= kLargest) & (magnitude(y) <= kLargest);
  return select(y == 0.0, 1.0, select(finite, result, kNan));
}

// The real cube root, of either sign. A first value within 5 percent comes from dividing the
// exponent and the mantissa bits by three (Kahan), a minimax polynomial in r = t^3 / x brings it to
// 24 bits, and a step of Halley's method with an exact square finishes.
FEATURE_EXTRACTOR_MATH_INLINE double cbrt(double x) {
  const double size = magnitude(x);
  const bool subnormal = size < kSmallestNormal;
  const double scaled = size * select(subnormal, 0x1p54, 1.0);
  // The upper 32 bits as a double, divided by three, plus the bias, and back into the upper bits.
  constexpr double kBias = 715094156.0;
  const double upper = from_bits((to_bits(scaled) >> 32) | 0x4330000000000000u) - 0x1p52;
  const double guess_bits = upper * 0x1.5555555555555p-2 + kBias;
  const double guess = from_bits(to_bits(guess_bits + 0x1p52) << 32);
  const double ratio = (guess * guess) * (guess / scaled);
  const double refined = guess * polynomial(ratio, 0x1.df6de03e3a6f4p+0, -0x1.df55a8e93fb86p+0, 0x1.9a516b8103f3ep+0,
                                            -0x1.7e08783e8e33bp-1, 0x1.24d4c917825b7p-3);
  const double t = upper_half(refined);
  const double quotient = scaled / (t * t);
  const double root = t + t * ((quotient - t) / ((t + t) + quotient));
  return select(size == 0.0, x, with_sign_of(root * select(subnormal, 0x1p-18, 1.0), x));
}

// The factor 2^n that brings `largest` near 1, and its inverse, from the exponent bits. |n| <= 1022
// keeps both factors normal.
FEATURE_EXTRACTOR_MATH_INLINE Extended normalizing_factors(double largest) {
  const std::int64_t exponent = static_cast<std::int64_t>(to_bits(largest) >> 52);
  const std::int64_t wanted = 2046 - exponent;
  const std::int64_t low_limited = wanted < 1 ? 1 : wanted;
  const std::int64_t field = low_limited > 2045 ? 2045 : low_limited;
  return {from_bits(static_cast<std::uint64_t>(field) << 52),
          from_bits(static_cast<std::uint64_t>(2046 - field) << 52)};
}

// sqrt(x^2 + y^2) without spurious overflow or underflow. Both are scaled by a power of two, the
// squares are exact sums of two doubles, and the root gets one correction (Borges 2019, An Improved
// Algorithm for hypot).
FEATURE_EXTRACTOR_MATH_INLINE double hypot(double x, double y) {
  const double a = magnitude(x);
  const double b = magnitude(y);
  const double larger = select(a > b, a, b);
  const double smaller = select(a > b, b, a);
  const Extended factors = normalizing_factors(larger);
  const Extended first = multiply_exactly(larger * factors.high, larger * factors.high);
  const Extended second = multiply_exactly(smaller * factors.high, smaller * factors.high);
  const Extended sum = add_ordered(first.high, second.high);
  const double root = __builtin_sqrt(sum.high);
  const Extended square = multiply_exactly(root, root);
  const double error = (((sum.high - square.high) - square.low) + sum.low) + (first.low + second.low);
  const double result = (root + error / (root + root)) * factors.low;
  return select(larger == 0.0, 0.0, select(larger <= kLargest, result, kInfinity));
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_POWER_H_
