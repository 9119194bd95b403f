// Arithmetic over vectors of 32-bit floats, in double precision and in the one order of sums (lane_sum.h).
#pragma once

#include "feature_extractor/lane_sum.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {

// Both vectors have the same size by their type; the smaller one counts, so that no mistake reads past an end.
inline double dot_product(Vector x, Vector y) {
  return lane_sum(x.size < y.size ? x.size : y.size,
                  [&](uint32_t i) { return static_cast<double>(x.data[i]) * static_cast<double>(y.data[i]); });
}

inline bool is_finite(float value) { return __builtin_fabsf(value) <= 3.4028234663852886e38f; }

// Writes f(x, y) for each number, rounded to 32 bits; false if one is not finite.
template <class Function>
inline bool combine_vectors(Vector x, Vector y, VectorResult result, Function&& f) {
  bool finite = true;
  for (uint32_t i = 0; i < result.size; ++i) {
    const auto value = static_cast<float>(f(static_cast<double>(x.data[i]), static_cast<double>(y.data[i])));
    result.data[i] = value + 0.0f;
    finite &= is_finite(value);
  }
  return finite;
}

// Adds up the vectors that are not null, number by number, and returns how many there are.
inline uint32_t add_vectors(List<Vector> xs, uint32_t size, double* sums) {
  for (uint32_t i = 0; i < size; ++i) sums[i] = 0.0;
  uint32_t count = 0;
  for (uint32_t k = 0; k < xs.size(); ++k) {
    if (xs.is_null(k)) continue;
    const Vector x = xs[k];
    for (uint32_t i = 0; i < size; ++i) sums[i] += static_cast<double>(x.data[i]);
    ++count;
  }
  return count;
}

inline bool round_vector(const double* sums, double divisor, VectorResult result) {
  bool finite = true;
  for (uint32_t i = 0; i < result.size; ++i) {
    result.data[i] = static_cast<float>(sums[i] / divisor);
    finite &= is_finite(result.data[i]);
  }
  return finite;
}

}  // namespace feature_extractor
