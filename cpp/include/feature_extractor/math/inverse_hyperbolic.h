// asinh, acosh and atanh, by log1p (the forms of the Freely Distributable Math Library, Sun Microsystems 1993).
//
// Errors stay below 2 units in the last place: the argument of log1p is rounded twice.
#ifndef FEATURE_EXTRACTOR_MATH_INVERSE_HYPERBOLIC_H_
#define FEATURE_EXTRACTOR_MATH_INVERSE_HYPERBOLIC_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/logarithm.h"

namespace feature_extractor::math {

// From here on x and sqrt(x^2 + 1) are one number, and x^2 is not computed.
inline constexpr double kHuge = 0x1p28;
inline constexpr double kLogarithmOfTwo = 0x1.62e42fefa39efp-1;

// The inverse hyperbolic sine, for every finite x.
FEATURE_EXTRACTOR_MATH_INLINE double asinh(double x) {
  const double size = magnitude(x);
  const double moderate = at_most(size, kHuge);
  const double square = moderate * moderate;
  const double usual = log1p(moderate + square / (1.0 + __builtin_sqrt(square + 1.0)));
  const double huge = log(at_least(size, 1.0)) + kLogarithmOfTwo;
  return with_sign_of(select(size < 0x1p-28, size, select(size < kHuge, usual, huge)), x);
}

// The inverse hyperbolic cosine; NaN unless x >= 1.
FEATURE_EXTRACTOR_MATH_INLINE double acosh(double x) {
  const double above = at_most(x, kHuge) - 1.0;  // Exact up to 2, where it matters.
  const double usual = log1p(above + __builtin_sqrt(2.0 * above + above * above));
  const double huge = log(at_least(x, 1.0)) + kLogarithmOfTwo;
  return select(x >= 1.0, select(x < kHuge, usual, huge), kNan);
}

// The inverse hyperbolic tangent; NaN unless |x| < 1.
FEATURE_EXTRACTOR_MATH_INLINE double atanh(double x) {
  const double size = magnitude(x);
  const double twice = size + size;
  const double quotient = select(size < 0.5, twice + twice * size / (1.0 - size), twice / (1.0 - size));
  const double result = 0.5 * log1p(quotient);
  return select(size < 1.0, with_sign_of(select(size < 0x1p-28, size, result), x), kNan);
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_INVERSE_HYPERBOLIC_H_
