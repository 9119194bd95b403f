// log, log1p, log2, log10, log_base, and the double-double logarithm that pow is built on.
//
// Method: x = 2^k * m with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f), and
// log(m) = 2 atanh(s) = 2s + s^3 * (2/3 + ...), a minimax polynomial in s^2 (Cody and Waite 1980,
// chapter 5; the grouping that adds f last is that of the Freely Distributable Math Library, Sun
// Microsystems 1993).
#ifndef FEATURE_EXTRACTOR_MATH_LOGARITHM_H_
#define FEATURE_EXTRACTOR_MATH_LOGARITHM_H_

#include "feature_extractor/math/arithmetic.h"

namespace feature_extractor::math {

// x = mantissa * 2^exponent with a mantissa in [sqrt(1/2), sqrt(2)), and 2^(1 - exponent).
struct Decomposition {
  double mantissa;
  double exponent;
  double inverse_power;
};

// For positive normal x; any other bit pattern gives meaningless numbers, but nothing worse.
FEATURE_EXTRACTOR_MATH_INLINE Decomposition decompose_normal(double x) {
  constexpr std::uint64_t kSquareRootOfHalf = 0x3fe6a09e667f3bcdu;
  const std::uint64_t bits = to_bits(x);
  const std::uint64_t distance = bits - kSquareRootOfHalf;
  // The exponent, biased to be positive, becomes the low bits of the double 2^52 + exponent.
  const std::uint64_t biased = (distance + (std::uint64_t{1024} << 52)) >> 52;
  const double exponent = from_bits(biased | 0x4330000000000000u) - (0x1p52 + 1024.0);
  const std::uint64_t exponent_bits = distance & 0xfff0000000000000u;
  return {from_bits(bits - exponent_bits), exponent, from_bits((std::uint64_t{1024} << 52) - exponent_bits)};
}

// The mantissa and the exponent for every positive finite x: a subnormal number is scaled up by
// 2^54 first.
FEATURE_EXTRACTOR_MATH_INLINE Decomposition decompose(double x) {
  const bool subnormal = x < kSmallestNormal;
  const Decomposition parts = decompose_normal(x * select(subnormal, 0x1p54, 1.0));
  return {parts.mantissa, parts.exponent - select(subnormal, 54.0, 0.0), 0.0};
}

// The result where 0 < x < infinity, and NaN elsewhere.
FEATURE_EXTRACTOR_MATH_INLINE double where_positive(double x, double result) {
  return select((x > 0.0) & (x <= kLargest), result, kNan);
}

// f - log(1 + f) is half_square - rest for 1 + f in about [sqrt(1/2), sqrt(2)).
struct LogarithmSeries {
  double half_square;
  double rest;
};

FEATURE_EXTRACTOR_MATH_INLINE LogarithmSeries log_series(double f) {
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double odd =
      0x1.5555555555592p-1 + w * (0x1.24924941f8ceep-2 + w * (0x1.7466405c1f3bfp-3 + w * 0x1.2f07063c2e5d2p-3));
  const double even = 0x1.999999997fd37p-2 + w * (0x1.c71c5202b3030p-3 + w * 0x1.39a1932a83f65p-3);
  const double series = z * odd + w * even;
  const double half_square = 0.5 * f * f;
  return {half_square, s * (half_square + series)};
}

// log(1 + f + tail) + exponent * ln(2) for 1 + f in about [sqrt(1/2), sqrt(2)).
FEATURE_EXTRACTOR_MATH_INLINE double log_of_parts(double f, double tail, double exponent) {
  const LogarithmSeries series = log_series(f);
  const double low = exponent * 0x1.ef35793c76730p-45 + tail;
  return exponent * 0x1.62e42fefa3800p-1 - ((series.half_square - (series.rest + low)) - f);
}

// log(1 + f) as a 26-bit head and a tail.
FEATURE_EXTRACTOR_MATH_INLINE Extended log_head_and_tail(double f) {
  const LogarithmSeries series = log_series(f);
  const double high = upper_half(f - series.half_square);
  return {high, ((f - high) - series.half_square) + series.rest};
}

// The natural logarithm; NaN unless x > 0.
FEATURE_EXTRACTOR_MATH_INLINE double log(double x) {
  const Decomposition parts = decompose(x);
  return where_positive(x, log_of_parts(parts.mantissa - 1.0, 0.0, parts.exponent));
}

// log(1 + x) without the loss of digits near zero; NaN unless x > -1. The rounding error of 1 + x
// is carried along: below one half it restores f = x exactly.
FEATURE_EXTRACTOR_MATH_INLINE double log1p(double x) {
  const Extended sum = add_exactly(1.0, x);
  const Decomposition parts = decompose_normal(sum.high);
  const double error = 0.5 * (sum.low * parts.inverse_power);
  const Extended f = add_ordered(parts.mantissa - 1.0, error);
  const double result = log_of_parts(f.high, f.low - f.low * f.high, parts.exponent);
  return select((x > -1.0) & (x <= kLargest), with_sign_of(result, x), kNan);
}

// log2(x) to about 68 bits for positive finite x. The high part has at most 26 significant bits, so
// that its product with another such number is exact. Powers of two are exact.
//
// With t = 3 + s^2 + ..., log2(m) = 2/(3 ln 2) * s * t. The quotient s, its square, t and the two
// products are carried as a 26-bit head and a tail (the method of pow in the Freely Distributable
// Math Library, here without its table).
FEATURE_EXTRACTOR_MATH_INLINE Extended log2_extended(double x) {
  const Decomposition parts = decompose(x);
  const double f = parts.mantissa - 1.0;
  const Extended quotient = divide({f, 0.0}, add_ordered(2.0, f));
  const double s_high = quotient.high;
  const double s_low = quotient.low;
  const double s = s_high + s_low;
  const double z = s * s;
  const double z_high = s_high * s_high;
  const double z_low = s_low * (s_high + s);
  const double rest =
      z_low + z * z *
                  polynomial(z, 0x1.3333333333330p-1, 0x1.b6db6db6dc854p-2, 0x1.5555555420051p-2, 0x1.1745d225e128ap-2,
                             0x1.d89d13fe630afp-3, 0x1.99b1133f392dap-3, 0x1.66a65bc961cc8p-3, 0x1.704eb07d9bd50p-3);
  const double t_high = upper_half(3.0 + (z_high + rest));
  const double t_low = rest - ((t_high - 3.0) - z_high);
  const double product = s_high * t_high;
  const double product_rest = s_low * t_high + t_low * s;
  const double p_high = upper_half(product + product_rest);
  const double p_low = product_rest - (p_high - product);
  const double scaled = p_high * 0x1.ec709e0000000p-1;
  const double scaled_rest = p_high * -0x1.e2fe0145b01f5p-28 + p_low * 0x1.ec709dc3a03fdp-1;
  const double high = upper_half(parts.exponent + (scaled + scaled_rest));
  return {high, scaled_rest - ((high - parts.exponent) - scaled)};
}

// The logarithm to base 2; exact for powers of two; NaN unless x > 0.
FEATURE_EXTRACTOR_MATH_INLINE double log2(double x) {
  const Decomposition parts = decompose(x);
  const Extended mantissa = log_head_and_tail(parts.mantissa - 1.0);
  const double product = mantissa.high * 0x1.7154768000000p+0;
  const double rest = mantissa.high * -0x1.6a3e80f444178p-27 + mantissa.low * 0x1.71547652b82fep+0;
  const Extended sum = add_exactly(parts.exponent, product);
  return where_positive(x, sum.high + (sum.low + rest));
}

// The logarithm to base 10; exact for powers of ten that a double holds exactly; NaN unless x > 0.
FEATURE_EXTRACTOR_MATH_INLINE double log10(double x) {
  const Decomposition parts = decompose(x);
  const Extended mantissa = log_head_and_tail(parts.mantissa - 1.0);
  const double product = mantissa.high * 0x1.bcb7b18000000p-2;
  const double rest = mantissa.high * -0x1.6c8d78e6acaa4p-29 + mantissa.low * 0x1.bcb7b1526e50ep-2;
  const Extended sum = add_exactly(parts.exponent * 0x1.34413509f7800p-2, product);
  return where_positive(x, sum.high + (sum.low + (parts.exponent * 0x1.fef311f12b358p-46 + rest)));
}

// The logarithm of x to a base, exact where base^integer == x; NaN unless x > 0 and base > 0, not
// finite when the base is 1.
FEATURE_EXTRACTOR_MATH_INLINE double log_base(double x, double base) {
  const Extended numerator = log2_extended(x);
  const Extended denominator = log2_extended(base);
  const Extended quotient =
      divide(add_ordered(numerator.high, numerator.low), add_ordered(denominator.high, denominator.low));
  return where_positive(base, where_positive(x, quotient.high + quotient.low));
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_LOGARITHM_H_
