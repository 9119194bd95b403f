// manhattan_distance(x, y): the sum of the differences' sizes.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct ManhattanDistance {
  static double eval(Vector x, Vector y) {
    return lane_sum(x.size < y.size ? x.size : y.size, [&](uint32_t i) {
      return __builtin_fabs(static_cast<double>(x.data[i]) - static_cast<double>(y.data[i]));
    });
  }
};

constexpr Operator kOperator = {
    .name = "manhattan_distance",
    .summary = "Add up how far two vectors differ in each number",
    .detail = "The sum of |x - y|, computed in double precision.",
    .parameters = {{"x", "the first vector"}, {"y", "the second vector"}},
    .overloads = {overload<"<N: size>(x: vector<N>, y: vector<N>) -> float", ManhattanDistance>()},
    .edges = {{"both are the same vector", "0"}, {"the sizes differ", "it does not compile"}},
    .examples = {{"v: vector<2> = [1.0, 2.0] | w: vector<2> = [4.0, -2.0] | manhattan_distance(v, w)", "7.0"}},
    .cost = {.per_row = 5.0, .per_element = 0.4},
    .algebra = "commutative",
    .aliases = "l1_distance cityblock taxicab",
    .see_also = "euclidean_distance",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
