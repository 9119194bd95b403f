// The complementary error function, and the normal distribution with its inverse.
//
// erfc(x) = exp(-x^2) * g(x), where g falls slowly like 1 / (sqrt(pi) * x). (1 + 2x) * g(x) is smooth in t = (x - 3.75) / (x +
// 3.75), which maps the positive axis to [-1, 1] (the variable of Schonfelder, Mathematics of Computation 32, 1978), so one
// polynomial of degree 24, fitted at Chebyshev's nodes, serves everywhere. x^2 is held in two doubles, so that far tails keep
// their digits. Errors stay below 4 units in the last place, as long as the result is not subnormal.
#ifndef FEATURE_EXTRACTOR_MATH_NORMAL_DISTRIBUTION_H_
#define FEATURE_EXTRACTOR_MATH_NORMAL_DISTRIBUTION_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/error_function.h"
#include "feature_extractor/math/exponential.h"
#include "feature_extractor/math/logarithm.h"

namespace feature_extractor::math {

// exp(x^2) * erfc(x) for x >= 0.
FEATURE_EXTRACTOR_MATH_INLINE double scaled_complementary_error(double x) {
  const double t = (x - 3.75) / (x + 3.75);
  const double value = polynomial(
      t, 0x1.3ccda0b5d5dc2p+0, -0x1.1f367683f89a5p-3, 0x1.d5f2948159e20p-9, 0x1.510169d096658p-4, -0x1.bda9309a28be0p-4,
      0x1.7a14188a9ce86p-4, -0x1.e0d0fa6df428dp-5, 0x1.d0b0037d155f4p-6, -0x1.3f603c3682d81p-7, 0x1.cc3a0e7d99253p-10,
      0x1.33fb27421f98cp-12, -0x1.303fa49e236d5p-12, 0x1.b143d63ea931ep-15, 0x1.778b948121ce1p-16,
      -0x1.8002c11990e5bp-17, -0x1.0556aa18e657bp-20, 0x1.d65081c59291dp-20, -0x1.eb7b41166a177p-25,
      -0x1.1636c8002e495p-22, 0x1.8fa2f9fdc0311p-26, 0x1.4eb5efb28ed5dp-25, -0x1.01418b99efa2ep-28,
      -0x1.6b2228df54be4p-28, 0x1.55fb76b7dbdd0p-32, 0x1.e7a100062f385p-32);
  return value / (1.0 + 2.0 * x);
}

// e^-(square) for a square in two doubles.
FEATURE_EXTRACTOR_MATH_INLINE double exp_of_negative(Extended square) {
  const ExponentialReduction reduced = reduce_exponential(-at_most(square.high, 800.0), -square.low);
  const Extended result = exp_reduced(reduced.high, reduced.low);
  return scale(result.high + result.low, reduced.exponent);
}

// 1 - erf(x), with all digits also where erf(x) is nearly 1.
FEATURE_EXTRACTOR_MATH_INLINE double erfc(double x) {
  const double size = at_most(magnitude(x), 40.0);
  const double tail = exp_of_negative(multiply_exactly(size, size)) * scaled_complementary_error(size);
  return select(size < 0.5, 1.0 - erf(x), select(x < 0.0, 2.0 - tail, tail));
}

// The share of a standard normal distribution that lies below x.
FEATURE_EXTRACTOR_MATH_INLINE double normal_cdf(double x) {
  const double size = at_most(magnitude(x), 50.0);
  const Extended square = multiply_exactly(size, size);
  const double scaled = 0.5 * scaled_complementary_error(size * 0x1.6a09e667f3bcdp-1);  // sqrt(1/2)
  const double tail = exp_of_negative({0.5 * square.high, 0.5 * square.low}) * scaled;
  const double middle = 0.5 + 0.5 * erf(x * 0x1.6a09e667f3bcdp-1);
  return select(size < 0.6, middle, select(x < 0.0, tail, 1.0 - tail));
}

// The x below which the share p of a standard normal distribution lies: the algorithm AS 241 (Wichura, Applied Statistics 37,
// 1988), good to about 16 digits. NaN unless 0 < p < 1.
FEATURE_EXTRACTOR_MATH_INLINE double normal_quantile(double p) {
  const double offset = p - 0.5;
  const bool central = magnitude(offset) <= 0.425;
  const double r = 0.180625 - offset * offset;
  const double center =
      offset *
      (polynomial(r, 3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                  4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3) /
       polynomial(r, 1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                  2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3));
  const double rest = select(offset < 0.0, p, 1.0 - p);
  const double root = __builtin_sqrt(0.0 - log(rest));
  const double near = root - 1.6;
  const double near_tail = polynomial(near, 1.42343711074968357734e0, 4.63033784615654529590e0,
                                      5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0,
                                      2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4) /
                           polynomial(near, 1.0, 2.05319162663775882187e0, 1.67638483018380384940e0,
                                      6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
                                      5.47593808499534494600e-4, 1.05075007164441684324e-9);
  const double far = root - 5.0;
  const double far_tail = polynomial(far, 6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
                                     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                     2.71155556874348757815e-5, 2.01033439929228813265e-7) /
                          polynomial(far, 1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
                                     1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
                                     1.42151175831644588870e-7, 2.04426310338993978564e-15);
  const double tail = select(root <= 5.0, near_tail, far_tail);
  const double result = select(central, center, select(offset < 0.0, -tail, tail));
  return select((p > 0.0) & (p < 1.0), result, kNan);
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_NORMAL_DISTRIBUTION_H_
