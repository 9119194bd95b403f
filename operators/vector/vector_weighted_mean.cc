// vector_weighted_mean(xs, weights): the mean of vectors that count differently.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct VectorWeightedMean {
  static bool eval(Arena& arena, List<Vector> xs, List<double> weights, VectorResult result) {
    Arena::Scope scope(arena);
    double* sums = arena.allocate_array<double>(result.size);
    for (uint32_t i = 0; i < result.size; ++i) sums[i] = 0.0;
    double total = 0.0;
    const uint32_t count = xs.size() < weights.size() ? xs.size() : weights.size();
    for (uint32_t k = 0; k < count; ++k) {
      if (xs.is_null(k) || weights.is_null(k)) continue;
      const Vector x = xs[k];
      const double weight = weights[k];
      for (uint32_t i = 0; i < result.size; ++i) sums[i] += weight * static_cast<double>(x.data[i]);
      total += weight;
    }
    // Divided by infinity, a number would look like 0.
    if (total == 0.0 || !(__builtin_fabs(total) <= 1.7976931348623157e308)) return false;
    return round_vector(sums, total, result);
  }
};

constexpr Operator kOperator = {
    .name = "vector_weighted_mean",
    .summary = "Take the mean of a list of vectors in which each counts by its weight",
    .detail =
        "The sum of weight times vector, from the first to the last in double precision, divided by the sum of the "
        "weights. With `decay` of the ages as weights it is the recent taste of a user; with `softmax` of "
        "similarities, attention.",
    .parameters = {{"xs", "the vectors"}, {"weights", "the weight of each vector"}},
    .overloads = {overload<"<N: size>(xs: list<vector<N>>, weights: list<float>) -> vector<N>?", VectorWeightedMean>()},
    .edges = {{"a vector or its weight is null", "the pair is skipped"},
              {"one list is longer", "its rest is left out"},
              {"the weights add up to 0, or there are none", "null"},
              {"the sum of the weights, or a number of the result, is not finite", "null"}},
    .examples = {{"vs: list<vector<2>> = [[1.0, 2.0], [4.0, -1.0]] | to_list(vector_weighted_mean(vs, [1.0, 2.0]))",
                  "[3.0, 0.0]"}},
    .cost = {.per_row = 15.0, .per_element = 10.0},
    .aliases = "weighted_pooling vec_pool_weighted attention_pooling weighted_average_embedding",
    .see_also = "vector_mean weighted_mean softmax",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
