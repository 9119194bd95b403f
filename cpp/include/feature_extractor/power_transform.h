// (y^lambda - 1) / lambda, and its limit log(y) at lambda = 0, for the transforms of Box and Cox and of Yeo and Johnson.
#pragma once

#include "feature_extractor/math.h"

namespace feature_extractor {

// Where y^lambda is near 1 the difference would cancel, but expm1 of its logarithm keeps its digits; elsewhere the power is
// exact where it can be.
FEATURE_EXTRACTOR_MATH_INLINE double power_transform(double y, double logarithm, double lambda) {
  const bool is_zero = math::magnitude(lambda) < 1e-300;
  const double divisor = math::select(is_zero, 1.0, lambda);
  const double exponent = divisor * logarithm;
  const double difference =
      math::select(math::magnitude(exponent) < 0.5, math::expm1(exponent), math::pow(y, divisor) - 1.0);
  return math::select(is_zero, logarithm, difference / divisor);
}

}  // namespace feature_extractor
