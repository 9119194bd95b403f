// sin, cos and tan for every finite argument.
//
// Up to kModerateAngle the argument is reduced by the method of Cody and Waite (Software Manual for
// the Elementary Functions, 1980, chapter 8): pi/2 is held in four parts of 33, 33, 33 and 53 bits,
// so that the first three products with a quotient of at most 20 bits are exact. Beyond it, the
// fraction of x * 2/pi is computed in integers with as many bits of 2/pi as x needs (Payne and
// Hanek, Radian Reduction for Trigonometric Functions, SIGNUM Newsletter 18, 1983). Both give r in
// two doubles, good to at least 2^-64 of r for every double x.
//
// The integer path has branches, so a loop over sin(x[i]) is not vectorised. The functions over
// arrays check a block of angles first and run the vector path where no angle is large; the bits
// are the same.
#ifndef FEATURE_EXTRACTOR_MATH_TRIGONOMETRY_H_
#define FEATURE_EXTRACTOR_MATH_TRIGONOMETRY_H_

#include "feature_extractor/math/arithmetic.h"

namespace feature_extractor::math {

// The largest |x| of the vector path: the quotient x / (pi/2) stays below 2^20.
inline constexpr double kModerateAngle = 1647000.0;

// An angle as quadrant * pi/2 + r, with r in [-pi/4, pi/4] (plus a rounding error) as an
// unevaluated sum. Only the two low bits of the quadrant count.
struct ReducedAngle {
  Extended r;
  std::uint64_t quadrant;
};

// For |x| <= kModerateAngle; total, but meaningless beyond.
FEATURE_EXTRACTOR_MATH_INLINE ReducedAngle reduce_moderate_angle(double x) {
  const double shifted = x * 0x1.45f306dc9c883p-1 + kRoundingShift;
  const double n = shifted - kRoundingShift;
  const double exact = x - n * 0x1.921fb54400000p+0;
  const Extended first = add_exactly(exact, -(n * 0x1.0b4611a600000p-34));
  const Extended second = add_exactly(first.high, -(n * 0x1.3198a2e000000p-69));
  const double low = (first.low + second.low) - n * 0x1.b839a252049c1p-104;
  return {add_ordered(second.high, low), to_bits(shifted)};
}

// The binary fraction of 2/pi in 64-bit words. 1,280 bits reach past the last bit that the largest
// double needs.
inline constexpr std::uint64_t kTwoOverPi[20] = {
    0xa2f9836e4e441529u, 0xfc2757d1f534ddc0u, 0xdb6295993c439041u, 0xfe5163abdebbc561u, 0xb7246e3a424dd2e0u,
    0x06492eea09d1921cu, 0xfe1deb1cb129a73eu, 0xe88235f52ebb4484u, 0xe99c7026b45f7e41u, 0x3991d639835339f4u,
    0x9c845f8bbdf9283bu, 0x1ff897ffde05980fu, 0xef2f118b5a0a6d1fu, 0x6d367ecf27cb09b7u, 0x4f463f669e5fea2du,
    0x7527bac7ebe5f17bu, 0x3d0739f78a5292eau, 0x6bfb5fb11f8d5d08u, 0x56033046fc7b6babu, 0xf0cfbc209af4361du,
};

// The same for every finite x with |x| >= 2^20.
[[gnu::cold]] inline ReducedAngle reduce_large_angle(double x) {
  const std::uint64_t bits = to_bits(x);
  const std::uint64_t integer = (bits & 0x000fffffffffffffu) | 0x0010000000000000u;
  const int exponent = static_cast<int>((bits >> 52) & 0x7ff) - 1075;
  // |x| = integer * 2^exponent. Bits of 2/pi of weight above 2^(2 - exponent) contribute multiples
  // of four to the quadrant and are skipped; the next 192 bits are enough for 2^-137 of absolute
  // error.
  const auto word_at = [](int index) { return index >= 0 && index < 20 ? kTwoOverPi[index] : std::uint64_t{0}; };
  const int skipped = exponent - 2 + 64;
  const int start = skipped / 64 - 1;
  const int shift = skipped % 64;
  const auto bits_at = [&](int index) {
    return shift == 0 ? word_at(index) : (word_at(index) << shift) | (word_at(index + 1) >> (64 - shift));
  };
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t upper = bits_at(start);
  const std::uint64_t middle = bits_at(start + 1);
  const std::uint64_t lower = bits_at(start + 2);
  // The product modulo 2^192, which is x * 2/pi modulo 4 with the binary point behind its two top
  // bits.
  const Wide low_product = static_cast<Wide>(integer) * lower;
  const Wide middle_product = static_cast<Wide>(integer) * middle + static_cast<std::uint64_t>(low_product >> 64);
  const std::uint64_t top = integer * upper + static_cast<std::uint64_t>(middle_product >> 64);
  const std::uint64_t next = static_cast<std::uint64_t>(middle_product);
  const std::uint64_t last = static_cast<std::uint64_t>(low_product);
  std::uint64_t quadrant = top >> 62;
  const std::uint64_t fraction_high = (top << 2) | (next >> 62);
  const std::uint64_t fraction_low = (next << 2) | (last >> 62);
  Wide fraction = (static_cast<Wide>(fraction_high) << 64) | fraction_low;
  // A fraction of one half or more counts back from the next quadrant.
  const bool back = (fraction_high >> 63) != 0;
  if (back) {
    fraction = Wide{0} - fraction;
    quadrant += 1;
  }
  const std::uint64_t leading = static_cast<std::uint64_t>(fraction >> 64);
  const std::uint64_t trailing = static_cast<std::uint64_t>(fraction);
  const int zeros = leading != 0 ? std::countl_zero(leading) : 64 + std::countl_zero(trailing | 1);
  const Wide normalized = fraction << zeros;
  const double weight = from_bits(static_cast<std::uint64_t>(1023 - 53 - zeros) << 52);
  const double high = static_cast<double>(static_cast<std::int64_t>(normalized >> 75)) * weight;
  const double low =
      static_cast<double>(static_cast<std::int64_t>((normalized >> 22) & 0x001fffffffffffffu)) * weight * 0x1p-53;
  const Extended product = multiply_exactly(high, 0x1.921fb54442d18p+0);
  const double rest = high * 0x1.1a62633145c07p-54 + low * 0x1.921fb54442d18p+0;
  const Extended r = add_ordered(product.high, product.low + rest);
  const bool negative = (bits & kSignBit) != 0;
  const bool flip = negative != back;
  return {{flip ? -r.high : r.high, flip ? -r.low : r.low}, negative ? 0 - quadrant : quadrant};
}

FEATURE_EXTRACTOR_MATH_INLINE ReducedAngle reduce_angle(double x) {
  if (magnitude(x) <= kModerateAngle) return reduce_moderate_angle(x);
  return reduce_large_angle(x);
}

// sin(r) - r for |r| <= pi/4.
FEATURE_EXTRACTOR_MATH_INLINE double sine_tail(Extended r) {
  const double z = r.high * r.high;
  const double cubic = z * r.high;
  const double rest = polynomial(z, 0x1.111111110f87ap-7, -0x1.a01a019c119a3p-13, 0x1.71de3577b7099p-19,
                                 -0x1.ae5e663ab1714p-26, 0x1.5d9300f91958ap-33);
  return (r.low - z * (0.5 * r.low)) + cubic * (-0x1.5555555555549p-3 + z * rest);
}

// cos(r) for |r| <= pi/4, as an unevaluated sum.
FEATURE_EXTRACTOR_MATH_INLINE Extended cosine_reduced(Extended r) {
  const double z = r.high * r.high;
  const double half_square = 0.5 * z;
  const double high = 1.0 - half_square;
  const double rest = polynomial(z, 0x1.555555555554cp-5, -0x1.6c16c16c1517ep-10, 0x1.a01a019cb1bddp-16,
                                 -0x1.27e4f809f0747p-22, 0x1.1ee9ebe8ec961p-29, -0x1.8fae9c484a823p-37);
  return {high, ((1.0 - high) - half_square) + (z * z * rest - r.high * r.low)};
}

// The sine of an angle that is advanced by the given number of quadrants: 0 for the sine, 1 for the
// cosine.
FEATURE_EXTRACTOR_MATH_INLINE double sine_of_reduced(ReducedAngle angle, std::uint64_t advance) {
  const std::uint64_t quadrant = angle.quadrant + advance;
  const Extended cosine = cosine_reduced(angle.r);
  const double sine_value = angle.r.high + sine_tail(angle.r);
  const double cosine_value = cosine.high + cosine.low;
  const double value = select((quadrant & 1) != 0, cosine_value, sine_value);
  return from_bits(to_bits(value) ^ ((quadrant & 2) << 62));
}

FEATURE_EXTRACTOR_MATH_INLINE double tangent_of_reduced(ReducedAngle angle) {
  const Extended cosine_sum = cosine_reduced(angle.r);
  const Extended cosine = add_ordered(cosine_sum.high, cosine_sum.low);
  const Extended sine = add_ordered(angle.r.high, sine_tail(angle.r));
  const bool odd = (angle.quadrant & 1) != 0;
  const Extended numerator = {select(odd, -cosine.high, sine.high), select(odd, -cosine.low, sine.low)};
  const Extended denominator = {select(odd, sine.high, cosine.high), select(odd, sine.low, cosine.low)};
  const Extended quotient = divide(numerator, denominator);
  return quotient.high + quotient.low;
}

// The operations on an angle that is known to be moderate. Below 2^-27 the result is x itself,
// which also keeps the sign of zero and the bits of subnormal numbers; NaN where x is not finite.
FEATURE_EXTRACTOR_MATH_INLINE double sin_of(double x, ReducedAngle angle) {
  const double size = magnitude(x);
  const double result = sine_of_reduced(angle, 0);
  return select(size < 0x1p-27, x, select(size <= kLargest, result, kNan));
}

FEATURE_EXTRACTOR_MATH_INLINE double cos_of(double x, ReducedAngle angle) {
  const double result = sine_of_reduced(angle, 1);
  return select(magnitude(x) <= kLargest, result, kNan);
}

FEATURE_EXTRACTOR_MATH_INLINE double tan_of(double x, ReducedAngle angle) {
  const double size = magnitude(x);
  const double result = tangent_of_reduced(angle);
  return select(size < 0x1p-27, x, select(size <= kLargest, result, kNan));
}

// The sine, cosine and tangent of one angle in radians.
FEATURE_EXTRACTOR_MATH_INLINE double sin(double x) { return sin_of(x, reduce_angle(x)); }
FEATURE_EXTRACTOR_MATH_INLINE double cos(double x) { return cos_of(x, reduce_angle(x)); }
FEATURE_EXTRACTOR_MATH_INLINE double tan(double x) { return tan_of(x, reduce_angle(x)); }

// One of the three over `count` angles. `out` may be `x` itself, but must not overlap it otherwise.
template <typename OneAngle>
FEATURE_EXTRACTOR_MATH_INLINE void for_each_angle(const double* x, double* out, std::size_t count, OneAngle one_angle) {
  constexpr std::size_t kBlock = 256;
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    const std::size_t end = count - begin < kBlock ? count : begin + kBlock;
    std::uint64_t large = 0;
    for (std::size_t i = begin; i < end; ++i) {
      large |= static_cast<std::uint64_t>(to_bits(magnitude(x[i])) > to_bits(kModerateAngle));
    }
    if (large == 0) {
      FEATURE_EXTRACTOR_MATH_INDEPENDENT_ITERATIONS
      for (std::size_t i = begin; i < end; ++i) {
        out[i] = one_angle(x[i], reduce_moderate_angle(x[i]));
      }
    } else {
      for (std::size_t i = begin; i < end; ++i) out[i] = one_angle(x[i], reduce_angle(x[i]));
    }
  }
}

FEATURE_EXTRACTOR_MATH_INLINE void sin(const double* x, double* out, std::size_t count) {
  for_each_angle(x, out, count, [](double angle, ReducedAngle reduced) __attribute__((always_inline)) {
    return sin_of(angle, reduced);
  });
}

FEATURE_EXTRACTOR_MATH_INLINE void cos(const double* x, double* out, std::size_t count) {
  for_each_angle(x, out, count, [](double angle, ReducedAngle reduced) __attribute__((always_inline)) {
    return cos_of(angle, reduced);
  });
}

FEATURE_EXTRACTOR_MATH_INLINE void tan(const double* x, double* out, std::size_t count) {
  for_each_angle(x, out, count, [](double angle, ReducedAngle reduced) __attribute__((always_inline)) {
    return tan_of(angle, reduced);
  });
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_TRIGONOMETRY_H_
