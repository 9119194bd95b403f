// Rounding to an integer, and the square root: operations that IEEE 754 itself defines.
#ifndef FEATURE_EXTRACTOR_MATH_ROUNDING_H_
#define FEATURE_EXTRACTOR_MATH_ROUNDING_H_

#include "feature_extractor/math/arithmetic.h"

namespace feature_extractor::math {

// The nearest integer, a tie going to the even neighbour. From 2^52 on every double is an integer;
// below, adding and subtracting 2^52 rounds. The sign is kept, also that of a zero. Written with
// additions rather than with the rounding instructions of the CPU because GCC does not vectorise
// those while it honours FP traps.
FEATURE_EXTRACTOR_MATH_INLINE double round_half_even(double x) {
  const double size = magnitude(x);
  const double rounded = (size + 0x1p52) - 0x1p52;
  return with_sign_of(select(size < 0x1p52, rounded, size), x);
}

// The largest integer that is not above x.
FEATURE_EXTRACTOR_MATH_INLINE double floor(double x) {
  const double rounded = round_half_even(x);
  return with_sign_of(rounded - select(rounded > x, 1.0, 0.0), x);
}

// The smallest integer that is not below x.
FEATURE_EXTRACTOR_MATH_INLINE double ceil(double x) {
  const double rounded = round_half_even(x);
  return with_sign_of(rounded + select(rounded < x, 1.0, 0.0), x);
}

// The integer part of x.
FEATURE_EXTRACTOR_MATH_INLINE double trunc(double x) {
  const double size = magnitude(x);
  const double rounded = round_half_even(size);
  return with_sign_of(rounded - select(rounded > size, 1.0, 0.0), x);
}

// The nearest integer, a tie going away from zero. The distance to the integer part is exact, so
// that 0.49999999999999994 gives 0.
FEATURE_EXTRACTOR_MATH_INLINE double round_half_away(double x) {
  const double size = magnitude(x);
  const double whole = trunc(size);
  return with_sign_of(whole + select(size - whole >= 0.5, 1.0, 0.0), x);
}

// The correctly rounded square root; NaN below zero.
FEATURE_EXTRACTOR_MATH_INLINE double sqrt(double x) { return __builtin_sqrt(x); }

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_ROUNDING_H_
