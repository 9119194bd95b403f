// asin, acos, atan and atan2.
//
// Each is reduced to an interval around zero where a minimax polynomial in the square converges
// fast; the constant (pi/4, pi/2 or pi) and the reduced argument are both kept in two doubles, and
// the largest terms are added last.
#ifndef FEATURE_EXTRACTOR_MATH_INVERSE_TRIGONOMETRY_H_
#define FEATURE_EXTRACTOR_MATH_INVERSE_TRIGONOMETRY_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/power.h"

namespace feature_extractor::math {

inline constexpr double kHalfPiHigh = 0x1.921fb54442d18p+0;
inline constexpr double kHalfPiLow = 0x1.1a62633145c07p-54;

// atan(a / b) for a, b >= 0 as an unevaluated sum, by a / b <= 1/2, (a - b) / (a + b) + pi/4, or -b
// / a + pi/2 (Cody and Waite 1980, chapter 11, with other limits). a - b is exact where it is used.
FEATURE_EXTRACTOR_MATH_INLINE Extended arc_tangent_of_ratio(double a, double b) {
  const bool small = a <= 0.5 * b;
  const bool large = 0.5 * a >= b;
  const double middle_numerator = a - b;
  const Extended middle_denominator = add_exactly(a, b);
  const double numerator = select(small, a, select(large, -b, middle_numerator));
  const double denominator = select(small, b, select(large, a, middle_denominator.high));
  const double denominator_low = select(small | large, 0.0, middle_denominator.low);
  const double base = select(small, 0.0, select(large, kHalfPiHigh, 0.5 * kHalfPiHigh));
  const double base_low = select(small, 0.0, select(large, kHalfPiLow, 0.5 * kHalfPiLow));
  const Extended u = divide({numerator, 0.0}, {denominator, denominator_low});
  const double value = u.high + u.low;
  const double z = value * value;
  const double series = polynomial(
      z, -0x1.5555555555552p-2, 0x1.9999999999056p-3, -0x1.249249245141cp-3, 0x1.c71c71aa53638p-4,
      -0x1.745d1381ab96cp-4, 0x1.3b135fe8d4e87p-4, -0x1.110c6959147c3p-4, 0x1.e1826b9e3ae3fp-5, -0x1.ac70a8fad86b3p-5,
      0x1.77f57e3c90c14p-5, -0x1.300ef4a22d025p-5, 0x1.838501c98a8e6p-6, -0x1.121483f4f51f2p-7);
  const Extended sum = add_ordered(base, u.high);
  return {sum.high, sum.low + (base_low + (u.low + value * z * series))};
}

// The arc tangent in radians.
FEATURE_EXTRACTOR_MATH_INLINE double atan(double x) {
  const double size = magnitude(x);
  // From 2^60 on the result is pi/2; the limit keeps infinities out of the division.
  const Extended result = arc_tangent_of_ratio(at_most(size, 0x1p60), 1.0);
  return select(size < 0x1p-27, x, with_sign_of(result.high + result.low, x));
}

// The angle of the point (x, y) in (-pi, pi], with the signs and the values at zero of IEEE 754:
// atan2(0, 0) is 0.
FEATURE_EXTRACTOR_MATH_INLINE double atan2(double y, double x) {
  const double a = magnitude(y);
  const double b = magnitude(x);
  const double factor = normalizing_factors(at_least(a, b)).high;
  const Extended first = arc_tangent_of_ratio(a * factor, b * factor);
  const bool origin = (a == 0.0) & (b == 0.0);
  const double high = select(origin, 0.0, first.high);
  const double low = select(origin, 0.0, first.low);
  const bool left = (to_bits(x) & kSignBit) != 0;
  const Extended opposite = add_ordered(2.0 * kHalfPiHigh, -high);
  const double opposite_value = opposite.high + (opposite.low + (2.0 * kHalfPiLow - low));
  const double result = with_sign_of(select(left, opposite_value, high + low), y);
  return select((a <= kLargest) & (b <= kLargest), result, kNan);
}

// asin(v) for v in [0, 1/2], or for 1/2 < |x| <= 1 the half angle asin(v) with v = sqrt((1 - |x|) /
// 2), as an unevaluated sum: asin(x) = pi/2 - 2 * asin(v) (Cody and Waite 1980, chapter 10). NaN
// beyond 1.
FEATURE_EXTRACTOR_MATH_INLINE Extended arc_sine_reduced(double size) {
  const bool large = size > 0.5;
  const double square = select(large, (1.0 - size) * 0.5, size * size);
  const double root = __builtin_sqrt(square);
  const double value = select(large, root, size);
  const double high = upper_half(value);
  const double root_low = (square - high * high) / (root + high);
  const double low = select(large, select(square == 0.0, 0.0, root_low), size - high);
  const double series = polynomial(
      square, 0x1.5555555555578p-3, 0x1.333333332df05p-4, 0x1.6db6db722c037p-5, 0x1.f1c71a8b6b0cbp-6,
      0x1.6e8bdfeb54841p-6, 0x1.1c49ddb5dda88p-6, 0x1.ca214ab4baa9dp-7, 0x1.75775d1c31bf2p-7, 0x1.618bb32748134p-7,
      0x1.e14d9ea72df83p-9, 0x1.6505e20caac35p-6, -0x1.59fbaaccd1bb9p-6, 0x1.0be5eb5364a0bp-5);
  return {high, low + value * square * series};
}

// The arc sine in radians; NaN unless |x| <= 1.
FEATURE_EXTRACTOR_MATH_INLINE double asin(double x) {
  const double size = magnitude(x);
  const Extended part = arc_sine_reduced(size);
  const Extended sum = add_ordered(kHalfPiHigh, -2.0 * part.high);
  const double large_result = sum.high + (sum.low + (kHalfPiLow - 2.0 * part.low));
  return with_sign_of(select(size > 0.5, large_result, part.high + part.low), x);
}

// The arc cosine in radians; NaN unless |x| <= 1.
FEATURE_EXTRACTOR_MATH_INLINE double acos(double x) {
  const double size = magnitude(x);
  const bool large = size > 0.5;
  const bool negative = x < 0.0;
  const Extended part = arc_sine_reduced(size);
  // pi/2 - asin(x) near zero, 2 * asin(v) near 1, pi - 2 * asin(v) near -1.
  const double quarters = select(large, select(negative, 2.0, 0.0), 1.0);
  const double factor = select(large, select(negative, -2.0, 2.0), select(negative, 1.0, -1.0));
  const Extended sum = add_ordered(quarters * kHalfPiHigh, factor * part.high);
  return sum.high + (sum.low + (quarters * kHalfPiLow + factor * part.low));
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_INVERSE_TRIGONOMETRY_H_
