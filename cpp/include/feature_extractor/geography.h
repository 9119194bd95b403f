// Places on the earth, given by latitude and longitude in degrees, for the operators of the family geo.
#pragma once

#include "feature_extractor/math.h"

namespace feature_extractor::geography {

inline constexpr double kRadiansPerDegree = 0x1.1df46a2529d39p-6;  // pi / 180
inline constexpr double kDegreesPerRadian = 0x1.ca5dc1a63c1f8p+5;  // 180 / pi

// Latitudes end at the poles. A longitude may go round the earth once in either direction, so that the difference of two
// of them stays an angle whose sine needs no large reduction.
FEATURE_EXTRACTOR_MATH_INLINE bool is_place(double latitude, double longitude) {
  return (math::magnitude(latitude) <= 90.0) & (math::magnitude(longitude) <= 360.0);
}

// Sine and cosine of an angle of at most a few turns, without the branch for large ones, so that loops are vectorised.
FEATURE_EXTRACTOR_MATH_INLINE double sine(double radians) {
  return math::sin_of(radians, math::reduce_moderate_angle(radians));
}
FEATURE_EXTRACTOR_MATH_INLINE double cosine(double radians) {
  return math::cos_of(radians, math::reduce_moderate_angle(radians));
}

}  // namespace feature_extractor::geography
