// sinh, cosh and tanh.
//
// With x = n * ln 2 + r, A = 2^(n-1) and B = 2^(-n-1): sinh x = (A - B) cosh r + (A + B) sinh r and
// cosh x = (A + B) cosh r + (A - B) sinh r. Unlike the textbook form with e^x and e^-x, this needs
// no division and cancels nothing near zero. tanh x = E / (E + 2) with E = expm1(2x), divided in
// double-double.
#ifndef FEATURE_EXTRACTOR_MATH_HYPERBOLIC_H_
#define FEATURE_EXTRACTOR_MATH_HYPERBOLIC_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/exponential.h"

namespace feature_extractor::math {

// The pieces that sinh and cosh share, for x >= 0. Both results are multiplied by `factor` at the
// end, so that 2^(n-1) does not overflow before they do.
struct HyperbolicParts {
  double r;
  double sine_tail;
  double cosine_tail;
  double growing;
  double vanishing;
  double factor;
};

FEATURE_EXTRACTOR_MATH_INLINE HyperbolicParts hyperbolic_parts(double size) {
  const ExponentialReduction reduced = reduce_exponential(at_most(size, 800.0));
  const double n = reduced.exponent;
  const bool huge = n > 512.0;
  const double r = reduced.high;
  const double z = r * r;
  const double sine = polynomial(z, 0x1.5555555555559p-3, 0x1.111111110f6aep-7, 0x1.a01a01afe55dap-13,
                                 0x1.71ddf85316d5fp-19, 0x1.af5ebfef2e222p-26);
  const double cosine = polynomial(z, 0x1.5555555555558p-5, 0x1.6c16c16c1504bp-10, 0x1.a01a01ad63ca0p-16,
                                   0x1.27e4cc4e407ccp-22, 0x1.1f8b7b2b624bep-29);
  return {r,
          reduced.low + r * z * sine,
          r * reduced.low + (0.5 * z + z * z * cosine),
          power_of_two(n - select(huge, 513.0, 1.0)),
          power_of_two(at_least(-n - 1.0, -1000.0)),
          select(huge, 0x1p512, 1.0)};
}

// The hyperbolic sine; overflows to an infinity above 710.47 in magnitude.
FEATURE_EXTRACTOR_MATH_INLINE double sinh(double x) {
  const double size = magnitude(x);
  const HyperbolicParts parts = hyperbolic_parts(size);
  const Extended difference = add_ordered(parts.growing, -parts.vanishing);
  const Extended sum = add_ordered(difference.high, parts.growing * parts.r);
  const double rest = parts.vanishing * parts.r +
                      ((parts.growing + parts.vanishing) * parts.sine_tail + difference.high * parts.cosine_tail);
  const double result = (sum.high + (sum.low + (difference.low + rest))) * parts.factor;
  return with_sign_of(select(size < 0x1p-27, size, result), x);
}

// The hyperbolic cosine; overflows to infinity above 710.47 in magnitude.
FEATURE_EXTRACTOR_MATH_INLINE double cosh(double x) {
  const HyperbolicParts parts = hyperbolic_parts(magnitude(x));
  const Extended total = add_ordered(parts.growing, parts.vanishing);
  const Extended sum = add_ordered(total.high, parts.growing * parts.r);
  const double rest = ((parts.growing - parts.vanishing) * parts.sine_tail + total.high * parts.cosine_tail) -
                      parts.vanishing * parts.r;
  return (sum.high + (sum.low + (total.low + rest))) * parts.factor;
}

// The hyperbolic tangent; 1 in magnitude from about 19.06 on.
FEATURE_EXTRACTOR_MATH_INLINE double tanh(double x) {
  const double size = magnitude(x);
  const Extended parts = expm1_extended(at_most(2.0 * size, 44.0), 0.0).value;
  const Extended numerator = add_ordered(parts.high, parts.low);
  const Extended sum = add_exactly(2.0, numerator.high);
  const Extended quotient = divide(numerator, {sum.high, sum.low + numerator.low});
  const double result = quotient.high + quotient.low;
  return with_sign_of(select(size < 0x1p-27, size, result), x);
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_HYPERBOLIC_H_
