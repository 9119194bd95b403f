// piecewise_linear(x, points, values): a line through given points.
#include "feature_extractor/operator.h"

#include <optional>
#include <vector>

namespace feature_extractor {
namespace {

struct PiecewiseLinear {
  static constexpr uint32_t kMostPoints = 4096;
  static constexpr double kFarthest = 1.7976931348623157e308;
  struct State {
    std::vector<double> points;
    std::vector<double> values;
  };

  static std::optional<State> bind(List<double> points, List<double> values, BindError& error) {
    const uint32_t size = points.size();
    if (size == 0 || size != values.size() || size > kMostPoints) {
      error.set("There must be as many values as points, from 1 to 4,096.");
      return std::nullopt;
    }
    State state;
    for (uint32_t i = 0; i < size; ++i) {
      if (points.is_null(i) || values.is_null(i) || (i > 0 && !(points[i - 1] < points[i]))) {
        error.set("The points must grow from each to the next, and neither they nor the values may be null.");
        return std::nullopt;
      }
      if (i > 0 &&
          !(points[i] - points[i - 1] <= kFarthest && __builtin_fabs(values[i] - values[i - 1]) <= kFarthest)) {
        error.set("Two neighbouring points, or their values, must not be farther apart than the largest float.");
        return std::nullopt;
      }
      state.points.push_back(points[i]);
      state.values.push_back(values[i]);
    }
    return state;
  }

  static double eval(const State& state, double x) {
    const double* points = state.points.data();
    const double* values = state.values.data();
    // The number of points that are not above x, by halving.
    size_t below = 0;
    for (size_t left = state.points.size(); left > 0;) {
      const size_t half = left / 2;
      const bool is_above = points[below + half] <= x;
      below += is_above ? half + 1 : 0;
      left = is_above ? left - half - 1 : half;
    }
    if (below == 0) return values[0];
    if (below == state.points.size()) return values[below - 1];
    const double share = (x - points[below - 1]) / (points[below] - points[below - 1]);
    return values[below - 1] + share * (values[below] - values[below - 1]);
  }
};

constexpr Operator kOperator = {
    .name = "piecewise_linear",
    .summary = "Map a number along straight lines between given points",
    .detail =
        "As numpy.interp. With quantiles as points and equal steps from 0 to 1 as values it gives a number its rank "
        "among the data (TensorFlow Transform's `apply_buckets_with_interpolation`); with fitted values it calibrates "
        "a score.",
    .parameters = {{"x", "the number"},
                   {"points", "where the lines bend, strictly increasing"},
                   {"values", "the result at each of the points"}},
    .overloads =
        {overload<"(x: float, points: const list<float>, values: const list<float>) -> float", PiecewiseLinear>()},
    .edges = {{"`x` is below the first point, or above the last one", "the value of that point"},
              {"`x` is a point", "its value"},
              {"points that do not grow, or lists of two lengths", "an error of the program"},
              {"no points, or more than 4,096", "an error of the program"},
              {"neighbouring points or values whose difference is not finite", "an error of the program"}},
    .examples = {{"piecewise_linear(1.5, [1.0, 2.0], [10.0, 20.0])", "15.0"},
                 {"piecewise_linear(9.0, [1.0, 2.0], [10.0, 20.0])", "20.0"}},
    .cost = {.per_row = 8.0, .per_element = 0.0},
    .aliases = "pwl interp interpolate interp_buckets apply_buckets_with_interpolation rank_norm calibration",
    .see_also = "bucketize min_max",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
