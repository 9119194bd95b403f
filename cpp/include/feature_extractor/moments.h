// The variance of a list, for the operators that are built on it.
#pragma once

#include "feature_extractor/lane_sum.h"

namespace feature_extractor {

// The sum of squared deviations from the mean, divided by n - ddof; null where that is not positive. The second pass sees the
// deviations from the rounded mean, so nothing cancels (the two-pass algorithm).
template <class T>
inline Nullable<double> variance_of(List<T> xs, int64_t ddof) {
  const int64_t count = count_present(xs);
  const double mean = float_sum(xs) / static_cast<double>(count > 0 ? count : 1);
  const double squares = lane_sum(xs, [mean](auto x) {
    const double deviation = static_cast<double>(x) - mean;
    return deviation * deviation;
  });
  // The counts are below 2^33 and `ddof` is limited first, so that nothing overflows.
  const int64_t taken = ddof < 0 ? 0 : ddof > count ? count : ddof;
  const int64_t degrees = count - taken;
  return Nullable<double>::where(degrees > 0, squares / static_cast<double>(degrees > 0 ? degrees : 1));
}

}  // namespace feature_extractor
