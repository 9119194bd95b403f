// Sums of products of two lists' deviations from their means, for the operators that are built on them.
#pragma once

#include "feature_extractor/lane_sum.h"

namespace feature_extractor {

struct PairedMoments {
  double count;
  double products;        // The sum of (x - mean x) * (y - mean y).
  double first_squares;   // The sum of (x - mean x)^2.
  double second_squares;  // The sum of (y - mean y)^2.
};

// Over the positions from 0 to size - 1 for which `exists`; `x` and `y` give the doubles there. The second pass sees the
// deviations from the rounded means, so nothing cancels. The order of sums is that of lane_sum.
template <class Exists, class First, class Second>
inline PairedMoments paired_moments(uint32_t size, Exists&& exists, First&& x, Second&& y) {
  const double count = lane_sum(size, [&](uint32_t i) { return exists(i) ? 1.0 : 0.0; });
  const double divisor = count > 0.0 ? count : 1.0;
  const double x_mean = lane_sum(size, [&](uint32_t i) { return exists(i) ? x(i) : 0.0; }) / divisor;
  const double y_mean = lane_sum(size, [&](uint32_t i) { return exists(i) ? y(i) : 0.0; }) / divisor;
  const double products =
      lane_sum(size, [&](uint32_t i) { return exists(i) ? (x(i) - x_mean) * (y(i) - y_mean) : 0.0; });
  const double x_squares =
      lane_sum(size, [&](uint32_t i) { return exists(i) ? (x(i) - x_mean) * (x(i) - x_mean) : 0.0; });
  const double y_squares =
      lane_sum(size, [&](uint32_t i) { return exists(i) ? (y(i) - y_mean) * (y(i) - y_mean) : 0.0; });
  return {count, products, x_squares, y_squares};
}

template <class T, class U>
inline PairedMoments paired_moments(List<T> xs, List<U> ys) {
  const auto* x = xs.data();
  const auto* y = ys.data();
  const uint8_t* x_valid = xs.valid();
  const uint8_t* y_valid = ys.valid();
  return paired_moments(
      xs.size() < ys.size() ? xs.size() : ys.size(),
      [=](uint32_t i) { return (x_valid == nullptr || x_valid[i] != 0) && (y_valid == nullptr || y_valid[i] != 0); },
      [=](uint32_t i) { return static_cast<double>(x[i]); }, [=](uint32_t i) { return static_cast<double>(y[i]); });
}

// Pearson's correlation; null where one side does not vary, or where a sum of squares leaves the range of floats. Rounding
// cannot take it out of -1..1.
inline Nullable<double> correlation_of(const PairedMoments& moments) {
  // One root is exact more often than two, but the product may leave the range of floats.
  const double product = moments.first_squares * moments.second_squares;
  const double apart = __builtin_sqrt(moments.first_squares) * __builtin_sqrt(moments.second_squares);
  const double scale = product > 1e-290 && product < 1e300 ? __builtin_sqrt(product) : apart;
  const double ratio = moments.products / scale;
  const double limited = ratio > 1.0 ? 1.0 : ratio < -1.0 ? -1.0 : ratio;
  return Nullable<double>::where(moments.count >= 2.0 && scale > 0.0 && scale <= 1.7976931348623157e308, limited);
}

}  // namespace feature_extractor
