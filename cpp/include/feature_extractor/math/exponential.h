// exp, exp2, expm1, sigmoid, and the reduced exponential that other functions are built on.
//
// Method: Cody and Waite, Software Manual for the Elementary Functions (1980), chapter 6. x = n *
// ln 2 + r with |r| <= ln(2)/2, and exp(x) = 2^n * exp(r). ln 2 is held in two parts, the first
// with 42 bits so that n times it is exact. exp(r) is a minimax polynomial whose leading terms are
// added last and in double-double, so that the only error of weight is the final rounding.
#ifndef FEATURE_EXTRACTOR_MATH_EXPONENTIAL_H_
#define FEATURE_EXTRACTOR_MATH_EXPONENTIAL_H_

#include "feature_extractor/math/arithmetic.h"

namespace feature_extractor::math {

// An argument that is cut into exponent * ln(2) + high + low, with an integer exponent.
struct ExponentialReduction {
  double exponent;
  double high;
  double low;
};

// Requires |x| <= 2000; `tail` is a part of the argument below the last bit of x.
FEATURE_EXTRACTOR_MATH_INLINE ExponentialReduction reduce_exponential(double x, double tail = 0.0) {
  const double n = (x * 0x1.71547652b82fep+0 + kRoundingShift) - kRoundingShift;
  const double first = x - n * 0x1.62e42fefa3800p-1;
  const double second = n * 0x1.ef35793c76730p-45 - tail;
  const double high = first - second;
  return {n, high, (first - high) - second};
}

// exp(r) - 1 - r + (constant - 1/2) * r^2 for |r| <= ln(2)/2: the tail of the series from its
// quadratic term on with a constant of one half, and from its cubic term on with zero.
FEATURE_EXTRACTOR_MATH_INLINE double exponential_tail(double r, double constant) {
  const double square = r * r;
  const double quartic = square * square;
  const double first = constant + r * 0x1.555555555555bp-3;
  const double second = 0x1.555555555555ap-5 + r * 0x1.111111110ebf8p-7;
  const double third = 0x1.6c16c16c1414bp-10 + r * 0x1.a01a01b3a594fp-13;
  const double fourth = 0x1.a01a01b200d92p-16 + r * 0x1.71ddefc0fe22dp-19;
  const double fifth = 0x1.27e4c2bac2a75p-22 + r * 0x1.af6c88ceb628dp-26;
  const double upper = (third + square * fourth) + quartic * (fifth + square * 0x1.1f99c82d30978p-29);
  return square * ((first + square * second) + quartic * upper);
}

// exp(r + tail) as a sum whose second part may reach 7 percent of the first, for |r| <= ln(2)/2 and
// a tail far below the last bits of r.
FEATURE_EXTRACTOR_MATH_INLINE Extended exp_reduced(double r, double tail) {
  const double high = 1.0 + r;
  return {high, ((1.0 - high) + r) + (tail + exponential_tail(r, 0.5))};
}

// e^x. Overflows to infinity above 709.78, and reaches zero below -745.13.
FEATURE_EXTRACTOR_MATH_INLINE double exp(double x) {
  const ExponentialReduction reduced = reduce_exponential(at_least(at_most(x, 800.0), -800.0));
  const Extended result = exp_reduced(reduced.high, reduced.low);
  return scale(result.high + result.low, reduced.exponent);
}

// 2^(x + tail) for |x| <= 2000. Exact where x is an integer and the tail is zero.
FEATURE_EXTRACTOR_MATH_INLINE double exp2_extended(double x, double tail) {
  const double n = (x + kRoundingShift) - kRoundingShift;
  const double rest = x - n;
  // (rest + tail) * ln 2, with the leading product of 26-bit halves exact.
  const double rest_high = upper_half(rest);
  const double product = rest_high * 0x1.62e4300000000p-1;
  const double error = rest_high * -0x1.05c610ca86c39p-29 + ((rest - rest_high) + tail) * 0x1.62e42fefa39efp-1;
  const Extended reduced = add_ordered(product, error);
  const Extended result = exp_reduced(reduced.high, reduced.low);
  return scale(result.high + result.low, n);
}

// 2^x. Exact for integers.
FEATURE_EXTRACTOR_MATH_INLINE double exp2(double x) {
  return exp2_extended(at_least(at_most(x, 1200.0), -1200.0), 0.0);
}

// e^(x + tail) - 1 as value * factor, where the factor is 1, or 2^512 for large x. The second part
// of the value may reach 2 percent of the first.
struct ExponentialMinusOne {
  Extended value;
  double factor;
};

// With A = 2^n the result is (A - 1) + A * r + A * r^2 / 2 + A * (the rest). Each term of the three
// is zero or below the sum before it, so both additions are exact, and so is the square of the
// upper half of r.
FEATURE_EXTRACTOR_MATH_INLINE ExponentialMinusOne expm1_extended(double x, double tail) {
  const ExponentialReduction reduced = reduce_exponential(x, tail);
  const bool huge = reduced.exponent > 512.0;
  const double power = power_of_two(reduced.exponent - select(huge, 512.0, 0.0));
  const double r = reduced.high;
  const double r_high = upper_half(r);
  const double half_square = 0.5 * r_high * r_high;
  const double square_rest = 0.5 * (r - r_high) * (r + r_high);
  const double rest = (reduced.low + square_rest) + exponential_tail(r, 0.0);
  const Extended linear = add_ordered(power - select(huge, 0.0, 1.0), power * r);
  const Extended sum = add_ordered(linear.high, power * half_square);
  return {{sum.high, sum.low + (linear.low + power * rest)}, select(huge, 0x1p512, 1.0)};
}

// e^x - 1 without the loss of digits near zero.
FEATURE_EXTRACTOR_MATH_INLINE double expm1(double x) {
  const ExponentialMinusOne result = expm1_extended(at_least(at_most(x, 800.0), -60.0), 0.0);
  return with_sign_of((result.value.high + result.value.low) * result.factor, x);
}

// The logistic function 1 / (1 + e^-x). With z = e^-|x| it is 1 / (1 + z) or z / (1 + z); z is kept
// as a mantissa and a power of two, so that the tail towards minus infinity keeps its precision
// down to the subnormal numbers.
FEATURE_EXTRACTOR_MATH_INLINE double sigmoid(double x) {
  const ExponentialReduction reduced = reduce_exponential(at_least(-magnitude(x), -800.0));
  const Extended parts = exp_reduced(reduced.high, reduced.low);
  const Extended mantissa = add_ordered(parts.high, parts.low);
  const double power = power_of_two(at_least(reduced.exponent, -200.0));
  const Extended sum = add_ordered(1.0, mantissa.high * power);
  const Extended denominator = {sum.high, sum.low + mantissa.low * power};
  const bool positive = x >= 0.0;
  const Extended numerator = {select(positive, 1.0, mantissa.high), select(positive, 0.0, mantissa.low)};
  const Extended quotient = divide(numerator, denominator);
  return scale(quotient.high + quotient.low, select(positive, 0.0, reduced.exponent));
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_EXPONENTIAL_H_
