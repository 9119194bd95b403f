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
  const double series =
      polynomial(size, 0x1.45f306dc9c884p-1, 0x1.a4f4e2a1b4788p-4, -0x1.39668594da3b7p-6, -0x1.b6b684e0c1373p-13,
                 0x1.bca6744da9bbap-10, -0x1.3564fa6477240p-11, 0x1.b2012a08f304ep-16, 0x1.0e9ee2cc43098p-14,
                 -0x1.f3c5d32d1c4a5p-16, 0x1.d83f4c397fb43p-19, 0x1.685938cde90f4p-19, -0x1.a816d0262afe7p-20,
                 0x1.a677f278fa2e2p-23, 0x1.f7bca4c41055dp-23, -0x1.a697293595713p-23, 0x1.8684a985d817ep-24,
                 -0x1.04270adc34d02p-25, 0x1.0b00e55a050ddp-27, -0x1.ae17834520241p-30, 0x1.0f2972f578923p-32,
                 -0x1.070dea054f20fp-35, 0x1.7b9dce62154bap-39, -0x1.7fe62f7a193e6p-43, 0x1.e5749d532a9f1p-48,
                 -0x1.20b3e46c02832p-53);
  const double size_high = upper_half(size);
  const double leading = size_high * 0x1.20dd750000000p+0;
  const double leading_rest = size_high * 0x1.0a6db446b8ea4p-30 + (size - size_high) * 0x1.20dd750429b6dp+0;
  const Extended exponent = add_ordered(leading, leading_rest + size * size * series);
  const Extended result = expm1_extended(-exponent.high, -exponent.low).value;
  return with_sign_of(result.high + result.low, x);
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_ERROR_FUNCTION_H_
