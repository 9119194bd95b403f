// Deterministic elementary functions on double: the same bits on every CPU, with every compiler and
// at every SIMD width, without the C library. math/arithmetic.h states the rules that all of them
// follow and the compiler options that they need; the measured error bounds stand in the tests.
#ifndef FEATURE_EXTRACTOR_MATH_H_
#define FEATURE_EXTRACTOR_MATH_H_

#include "feature_extractor/math/arithmetic.h"
#include "feature_extractor/math/error_function.h"
#include "feature_extractor/math/exponential.h"
#include "feature_extractor/math/hyperbolic.h"
#include "feature_extractor/math/inverse_trigonometry.h"
#include "feature_extractor/math/logarithm.h"
#include "feature_extractor/math/power.h"
#include "feature_extractor/math/rounding.h"
#include "feature_extractor/math/trigonometry.h"

#endif  // FEATURE_EXTRACTOR_MATH_H_
