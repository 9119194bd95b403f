// The tiles of web maps: a square map of the earth in the Mercator projection, cut into 2^zoom columns and rows.
#pragma once

#include "feature_extractor/geography.h"

namespace feature_extractor::map_tile {

inline constexpr int kDeepest = 30;

struct Tile {
  int64_t x;  // From the west.
  int64_t y;  // From the north.
};

inline bool exists(double latitude, double longitude) {
  return math::magnitude(latitude) <= 90.0 && math::magnitude(longitude) <= 180.0;
}

// The tile with `tiles` = 2^zoom columns in which a place lies. What is beyond the map's edges at 85.05 degrees belongs to
// the first or the last row, and longitude 180 to the last column.
inline Tile at(double latitude, double longitude, double tiles) {
  // asinh(tan(x)) = log((1 + sin x) / (1 - sin x)) / 2. The limit keeps the poles finite.
  const double sine =
      geography::sine(math::at_least(math::at_most(latitude, 89.0), -89.0) * geography::kRadiansPerDegree);
  const double height = 0.5 - math::log((1.0 + sine) / (1.0 - sine)) * 0x1.45f306dc9c883p-4;  // 1 / (4 pi)
  const auto limited = [tiles](double place) {
    return static_cast<int64_t>(math::at_least(math::at_most(place * tiles, tiles - 1.0), 0.0));
  };
  return {limited((longitude + 180.0) / 360.0), limited(height)};
}

}  // namespace feature_extractor::map_tile
