// euclidean_distance(x, y): the length of the difference.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct EuclideanDistance {
  static constexpr bool kSimd = true;
  static double eval(Vector x, Vector y) {
    return __builtin_sqrt(lane_sum(x.size < y.size ? x.size : y.size, [&](uint32_t i) {
      const double difference = static_cast<double>(x.data[i]) - static_cast<double>(y.data[i]);
      return difference * difference;
    }));
  }
};

constexpr Operator kOperator = {
    .name = "euclidean_distance",
    .summary = "Measure the straight distance between two vectors",
    .detail = "The root of the sum of squared differences, computed in double precision.",
    .parameters = {{"x", "the first vector"}, {"y", "the second vector"}},
    .overloads = {overload<"<N: size>(x: vector<N>, y: vector<N>) -> float", EuclideanDistance>()},
    .edges = {{"both are the same vector", "0"}, {"the sizes differ", "it does not compile"}},
    .examples = {{"v: vector<2> = [1.0, 2.0] | w: vector<2> = [4.0, 6.0] | euclidean_distance(v, w)", "5.0"}},
    .cost = {.per_row = 6.0, .per_element = 0.4},
    .algebra = "commutative",
    .aliases = "l2_distance euclid list_distance distance",
    .see_also = "manhattan_distance cosine l2_norm",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
