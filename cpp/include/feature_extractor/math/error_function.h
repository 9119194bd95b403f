// erf, the error function.
//
// G(x) = -log(1 - erf(x)) is smooth on the whole positive axis and close to 2/sqrt(pi) * x near
// zero, so one minimax polynomial for (G(x) - 2/sqrt(pi) * x) / x^2 on [0, 6] serves everywhere and
// erf(x) = -expm1(-G(x)) keeps its digits at both ends. From 6 on erf is 1 to the last bit. The
// leading term is held in two doubles. The weight of the fit is the share of an error of G that
// reaches erf.
#ifndef FEATURE_EXTRACTOR_MATH_ERROR_FUNCTION_H_
#define FEATURE_EXTRACTOR_MATH_ERROR_FUNCTION_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/exponential.h"

namespace feature_extractor::math {

// The error function 2/sqrt(pi) * integral of exp(-t^2) from 0 to x.
FEATURE_EXTRACTOR_MATH_INLINE double erf(double x) {
  const double size = at_most(magnitude(x), 6.0);
  const double series = polynomial(
      size, 0x1.45f306dc9c8bbp-1, 0x1.a4f4e2a1abf06p-4, -0x1.396685912a7edp-6,
      -0x1.b6b69ebaaf589p-13, 0x1.bca68f7304f8fp-10, -0x1.356626e53e221p-11, 0x1.b292d5c3b52f5p-16,
      0x1.0e37a441977eap-14, -0x1.f0535c4160afap-16, 0x1.aad1bab958078p-19, 0x1.a303688adc5f9p-19,
      -0x1.102ba11b3fbcbp-19, 0x1.2ef77b3bf8628p-21, -0x1.1d524ccc37fe6p-27, -0x1.209f9159936fcp-24,
      0x1.2d66946a4866dp-25, -0x1.76d725cd89271p-27, 0x1.485a9c866ca14p-29, -0x1.a283a342f8702p-32,
      0x1.7f180a9348bdcp-35, -0x1.df94aa01cdb6bp-39, 0x1.707f0297c7b48p-43, -0x1.067156bed1a5cp-48);
  const double size_high = upper_half(size);
  const double leading = size_high * 0x1.20dd750000000p+0;
  const double leading_rest =
      size_high * 0x1.0a6db446b8ea4p-30 + (size - size_high) * 0x1.20dd750429b6dp+0;
  const Extended exponent = add_ordered(leading, leading_rest + size * size * series);
  const Extended result = expm1_extended(-exponent.high, -exponent.low).value;
  return with_sign_of(result.high + result.low, x);
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_ERROR_FUNCTION_H_
