// Deterministic elementary functions on double: the same bits on every CPU, with every compiler and
// at every SIMD width, without the C library. math/arithmetic.h states the rules that all of them
// follow and the compiler options that they need.
//
// Errors stay below 1 unit in the last place (the largest one measured is 0.92, of erf); sqrt and
// the rounding functions are exact in the sense of IEEE 754. Results that a double holds exactly,
// such as pow(3, 4), log10(1000) or cbrt(27), are exact. Odd functions are odd in every bit. The
// tests check all of this against a multiple-precision library.
//
// A loop over any function of numbers is vectorised. For sin, cos and tan use the overloads over
// arrays: a single large angle needs integer arithmetic that no vector unit has.
#ifndef FEATURE_EXTRACTOR_MATH_H_
#define FEATURE_EXTRACTOR_MATH_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/division.h"
#include "feature_extractor/math/error_function.h"
#include "feature_extractor/math/exponential.h"
#include "feature_extractor/math/hyperbolic.h"
#include "feature_extractor/math/inverse_trigonometry.h"
#include "feature_extractor/math/logarithm.h"
#include "feature_extractor/math/power.h"
#include "feature_extractor/math/rounding.h"
#include "feature_extractor/math/trigonometry.h"

#endif  // FEATURE_EXTRACTOR_MATH_H_
