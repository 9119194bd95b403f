// The beta distribution: the share below a point, and the point below which a share lies.
//
// The share is a continued fraction (DLMF 8.17.22), by Lentz's method as Thompson and Barnett changed it (J. Comput. Phys. 64,
// 1986). The factor in front of it is exp of a small number even where the logarithms of the gamma functions in it are huge: it
// is measured from the distribution's mean (Loader, Fast and accurate computation of binomial probabilities, 2000). Relative
// errors stay below 1e-11.
#ifndef FEATURE_EXTRACTOR_MATH_BETA_DISTRIBUTION_H_
#define FEATURE_EXTRACTOR_MATH_BETA_DISTRIBUTION_H_

#include "feature_extractor/math/exponential.h"
#include "feature_extractor/math/logarithm.h"

namespace feature_extractor::math {

// The largest parameter of a beta distribution: the continued fraction needs about its square root of steps.
inline constexpr double kLargestShape = 1e6;

// log(Gamma(n)) - ((n - 1/2) * log(n) - n + log(2 pi) / 2) for n > 0: Stirling's series from 10 on (DLMF 5.11.1), and below it
// the recurrence up to there.
inline double stirling_error(double n) {
  double sum = 0.0;
  double below = n < 10.0 ? log(n) : 0.0;
  for (; n < 10.0; n += 1.0) {
    const double above = log(n + 1.0);
    sum += (n + 0.5) * (above - below) - 1.0;
    below = above;
  }
  const double r = 1.0 / n;
  const double square = r * r;
  const double series = polynomial(square, 1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0,
                                   -691.0 / 360360.0, 1.0 / 156.0);
  return sum + r * series;
}

// log(ratio) - u for ratio = 1 + u > 0, without the loss of digits where the ratio is near 1 or near 0.
inline double log_remainder(double ratio, double u) {
  if (magnitude(u) > 0.3) return log(ratio) - u;
  const double s = u / (2.0 + u);
  const double square = s * s;
  const double series = polynomial(square, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0,
                                   1.0 / 15.0, 1.0 / 17.0, 1.0 / 19.0, 1.0 / 21.0);
  return s * (2.0 * square * series - u);
}

// What log(x^a * y^b / B(a, b)) adds for the shapes alone.
inline double log_beta_scale(double a, double b) {
  const double errors = stirling_error(a + b) - stirling_error(a) - stirling_error(b);
  constexpr double kHalfLogTwoPi = 0.91893853320467274178;
  return 0.5 * log(a * (b / (a + b))) - kHalfLogTwoPi + errors;
}

// x^a * y^b / B(a, b) for x, y > 0 with x + y = 1, and the scale of a and b.
inline double beta_factor(double x, double y, double a, double b, double scale) {
  // How far x is from the mean, from the smaller of x and y.
  const double distance = x <= y ? x * (a + b) - a : b - y * (a + b);
  return exp(a * log_remainder(x * ((a + b) / a), distance / a) + b * log_remainder(y * ((a + b) / b), -distance / b) +
             scale);
}

// The continued fraction of the share below x, for x below about the mean.
inline double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  const auto kept_from_zero = [](double v) { return magnitude(v) < kTiny ? kTiny : v; };
  double c = 1.0;
  double d = 1.0 / kept_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double product = d;
  for (int step = 1; step <= 10000; ++step) {
    const double m = step;
    const double even = m * (b - m) * x / ((a + (2.0 * m - 1.0)) * (a + 2.0 * m));
    d = 1.0 / kept_from_zero(1.0 + even * d);
    c = kept_from_zero(1.0 + even / c);
    product *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + (2.0 * m + 1.0)));
    d = 1.0 / kept_from_zero(1.0 + odd * d);
    c = kept_from_zero(1.0 + odd / c);
    const double change = c * d;
    product *= change;
    if (magnitude(change - 1.0) < 0x1p-52) break;
  }
  return product;
}

// The share below x, for 0 < x < 1 and the factor of beta_factor.
inline double beta_share_by_factor(double x, double y, double a, double b, double factor) {
  if (x <= (a + 1.0) / (a + b + 2.0)) return at_most(factor * beta_fraction(x, a, b) / a, 1.0);
  return at_least(1.0 - factor * beta_fraction(y, b, a) / b, 0.0);
}

// The share of a beta distribution with the shapes a and b, both in (0, kLargestShape], that lies below x, for y = 1 - x.
inline double beta_share(double x, double y, double a, double b) {
  if (!(x > 0.0)) return 0.0;
  if (!(y > 0.0)) return 1.0;
  return beta_share_by_factor(x, y, a, b, beta_factor(x, y, a, b, log_beta_scale(a, b)));
}

// The x below which the share p lies, 0 < p < 1. Newton's method, held between two bounds that close in; where a step leaves
// them, the bounds' doubles are halved by their bits, which finds also the smallest numbers in 64 steps.
inline double beta_point(double p, double a, double b) {
  std::uint64_t low = 0;
  std::uint64_t high = to_bits(1.0);
  double x = a / (a + b);
  const double scale = log_beta_scale(a, b);
  for (int step = 0; step < 200; ++step) {
    if (to_bits(x) <= low || to_bits(x) >= high) x = from_bits(low + (high - low) / 2);
    const double y = 1.0 - x;
    const bool is_inside = x > 0.0 && y > 0.0;
    const double factor = is_inside ? beta_factor(x, y, a, b, scale) : 0.0;
    const double share = is_inside ? beta_share_by_factor(x, y, a, b, factor) : x > 0.0 ? 1.0 : 0.0;
    const double excess = share - p;
    if (excess == 0.0) return x;
    (excess > 0.0 ? high : low) = to_bits(x);
    if (high - low <= 1) break;
    const double slope = factor / (x * y);
    const double next = x - excess / slope;
    // Newton's steps square their error; if they have not ended by now, halving has to help.
    const bool is_newton = (step < 16 || step % 2 == 0) && next > 0.0 && next < 1.0;
    if (is_newton && magnitude(next - x) <= 0x1p-45 * x) return next;
    x = is_newton ? next : from_bits(low + (high - low) / 2);
  }
  return x;
}

}  // namespace feature_extractor::math

#endif  // FEATURE_EXTRACTOR_MATH_BETA_DISTRIBUTION_H_
