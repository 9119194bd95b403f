// The IEEE 754 building blocks of the deterministic math functions.
//
// Every function of this folder uses only operations whose result IEEE 754 fixes to the last bit:
// add, subtract, multiply, divide, square root, comparison, and integer operations on the bits. So
// the results are the same on every CPU, with every compiler and at every SIMD width, as long as
// the compiler neither reorders arithmetic nor fuses a multiplication with an addition. Compile
// with -ffp-contract=off and -fno-math-errno; the guards below refuse what can be detected. The
// rounding mode must be to nearest, and subnormal numbers must not be flushed to zero, which is how
// every process starts.
//
// The functions are total: any bit pattern goes in without a trap, a hang or undefined behaviour.
// Where the mathematical result of finite arguments does not exist or overflows, the result is NaN
// or an infinity; what a NaN or an infinity as an argument gives is the same everywhere but
// otherwise unspecified, since the engine has neither. They have no branches, so that a plain loop
// over an array is vectorised; a choice between two values is a select(), never an `if`.
#ifndef FEATURE_EXTRACTOR_MATH_ARITHMETIC_H_
#define FEATURE_EXTRACTOR_MATH_ARITHMETIC_H_

#include <bit>
#include <cfloat>
#include <cstddef>
#include <cstdint>

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "feature_extractor/math must not be compiled with -ffast-math or -ffinite-math-only."
#endif
#if defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
#error "feature_extractor/math must not be compiled with -fassociative-math or -freciprocal-math."
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#define FEATURE_EXTRACTOR_MATH_INLINE [[gnu::always_inline]] inline

// Promises the vectoriser that the iterations of the next loop do not depend on each other.
#if defined(__clang__)
#define FEATURE_EXTRACTOR_MATH_INDEPENDENT_ITERATIONS _Pragma("clang loop vectorize(assume_safety)")
#else
#define FEATURE_EXTRACTOR_MATH_INDEPENDENT_ITERATIONS _Pragma("GCC ivdep")
#endif

namespace feature_extractor::math {

static_assert(FLT_EVAL_METHOD == 0, "double arithmetic must not be evaluated in a wider format");
static_assert(sizeof(double) == 8 && DBL_MANT_DIG == 53, "double must be IEEE 754 binary64");

inline constexpr std::uint64_t kSignBit = 0x8000000000000000u;
inline constexpr double kLargest = DBL_MAX;
inline constexpr double kSmallestNormal = DBL_MIN;
inline constexpr double kInfinity = __builtin_huge_val();
inline constexpr double kNan = __builtin_nan("");

// Adding 1.5 * 2^52 to a double of magnitude below 2^51 rounds it to an integer, half to even, and
// leaves that integer in the low bits of the sum. The vector units before AVX-512DQ cannot convert
// between double and int64, so every conversion here is done this way.
inline constexpr double kRoundingShift = 0x1.8p52;

FEATURE_EXTRACTOR_MATH_INLINE std::uint64_t to_bits(double x) { return std::bit_cast<std::uint64_t>(x); }

FEATURE_EXTRACTOR_MATH_INLINE double from_bits(std::uint64_t bits) { return std::bit_cast<double>(bits); }

FEATURE_EXTRACTOR_MATH_INLINE double magnitude(double x) { return from_bits(to_bits(x) & ~kSignBit); }

// The magnitude of the first argument with the sign bit of the second.
FEATURE_EXTRACTOR_MATH_INLINE double with_sign_of(double x, double sign) {
  return from_bits((to_bits(x) & ~kSignBit) | (to_bits(sign) & kSignBit));
}

// x with its lower 27 bits cleared. Two such values have 26 significant bits each, so their product
// is exact; this takes the place of Veltkamp's splitting (Dekker 1971) at a fraction of its cost.
FEATURE_EXTRACTOR_MATH_INLINE double upper_half(double x) { return from_bits(to_bits(x) & 0xfffffffff8000000u); }

// 2^n for an integer -1022 <= n <= 1023 that is held in a double.
FEATURE_EXTRACTOR_MATH_INLINE double power_of_two(double n) {
  return from_bits(to_bits(n + (kRoundingShift + 1023.0)) << 52);
}

// x * 2^n for an integer |n| <= 2000. The factor is applied in two halves, so that a subnormal
// result is rounded once and an overflow gives an infinity. The low bits of the shifted sum hold n
// + 2 * 1023, which is the sum of the exponent fields of both halves.
FEATURE_EXTRACTOR_MATH_INLINE double scale(double x, double n) {
  const std::uint64_t both = to_bits(n + (kRoundingShift + 2046.0));
  const std::uint64_t half = both >> 1;
  return x * from_bits(half << 52) * from_bits((both - half) << 52);
}

// condition ? a : b, by bit masks. GCC moves the computation of a value that is used on one side
// only of a `?:` into a branch, and then does not vectorise the loop because floating-point
// operations may trap. Masks keep both sides unconditional.
FEATURE_EXTRACTOR_MATH_INLINE std::uint64_t select_bits(bool condition, std::uint64_t a, std::uint64_t b) {
  const std::uint64_t mask = std::uint64_t{0} - static_cast<std::uint64_t>(condition);
  return (a & mask) | (b & ~mask);
}

FEATURE_EXTRACTOR_MATH_INLINE double select(bool condition, double a, double b) {
  return from_bits(select_bits(condition, to_bits(a), to_bits(b)));
}

// The smaller or the larger of two values; the second one when the first is NaN.
FEATURE_EXTRACTOR_MATH_INLINE double at_most(double x, double limit) { return select(x < limit, x, limit); }
FEATURE_EXTRACTOR_MATH_INLINE double at_least(double x, double limit) { return select(x > limit, x, limit); }

// An unevaluated sum of two doubles, the second much smaller than the first (Dekker 1971).
struct Extended {
  double high;
  double low;
};

// The exact sum of two doubles where |a| >= |b| or a == 0 (Dekker 1971).
FEATURE_EXTRACTOR_MATH_INLINE Extended add_ordered(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

// The exact sum of any two doubles (Knuth, The Art of Computer Programming, volume 2,
// section 4.2.2).
FEATURE_EXTRACTOR_MATH_INLINE Extended add_exactly(double a, double b) {
  const double sum = a + b;
  const double share = sum - a;
  return {sum, (a - (sum - share)) + (b - share)};
}

// The exact product of two doubles, barring underflow: the rounding error is recovered from the
// four partial products of the halves (Dekker 1971).
FEATURE_EXTRACTOR_MATH_INLINE Extended multiply_exactly(double a, double b) {
  const double a_high = upper_half(a);
  const double b_high = upper_half(b);
  const double a_low = a - a_high;
  const double b_low = b - b_high;
  const double product = a * b;
  const double error = ((a_high * b_high - product) + (a_high * b_low + a_low * b_high)) + a_low * b_low;
  return {product, error};
}

// numerator / denominator to about 75 bits, as in long division: 26 bits of the quotient first,
// then the exact remainder divided in turn. The low parts must be below the last bits of the high
// parts.
FEATURE_EXTRACTOR_MATH_INLINE Extended divide(Extended numerator, Extended denominator) {
  const double reciprocal = 1.0 / denominator.high;
  const double quotient = upper_half(numerator.high * reciprocal);
  const double denominator_high = upper_half(denominator.high);
  const double denominator_rest = denominator.high - denominator_high;
  const double remainder = ((numerator.high - quotient * denominator_high) - quotient * denominator_rest) +
                           (numerator.low - quotient * denominator.low);
  return {quotient, remainder * reciprocal};
}

// The sum of every other coefficient, from the first on, times the powers of `square`, by Horner's
// rule.
FEATURE_EXTRACTOR_MATH_INLINE double every_other_term(double, double last) { return last; }
FEATURE_EXTRACTOR_MATH_INLINE double every_other_term(double, double last, double) { return last; }

template <typename... Coefficients>
FEATURE_EXTRACTOR_MATH_INLINE double every_other_term(double square, double first, double, Coefficients... rest) {
  return first + square * every_other_term(square, rest...);
}

// The value of a polynomial, constant term first: its even and its odd terms by Horner's rule in
// the square of x, two chains that the CPU runs side by side. The order of evaluation is part of
// the result and must not change.
template <typename... Coefficients>
FEATURE_EXTRACTOR_MATH_INLINE double polynomial(double x, double first, double second, Coefficients... rest) {
  const double square = x * x;
  return every_other_term(square, first, second, rest...) + x * every_other_term(square, second, rest...);
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_ARITHMETIC_H_
