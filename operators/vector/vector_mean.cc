// vector_mean(xs): the mean of a list of vectors.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct VectorMean {
  static bool eval(Arena& arena, List<Vector> xs, VectorResult result) {
    Arena::Scope scope(arena);
    double* sums = arena.allocate_array<double>(result.size);
    const uint32_t count = add_vectors(xs, result.size, sums);
    if (count == 0) return false;
    return round_vector(sums, static_cast<double>(count), result);
  }
};

constexpr Operator kOperator = {
    .name = "vector_mean",
    .summary = "Take the mean of a list of vectors, number by number",
    .detail =
        "Mean pooling: each number is added up in double precision, from the first vector to the last, and divided by "
        "the number of vectors.",
    .parameters = {{"xs", "the vectors"}},
    .overloads = {overload<"<N: size>(xs: list<vector<N>>) -> vector<N>?", VectorMean>()},
    .edges = {{"the list is empty, or all vectors are null", "null"},
              {"a vector is null", "it is skipped, and does not count in the denominator"}},
    .examples = {{"vs: list<vector<2>> = [[1.0, 2.0], [0.5, -2.0]] | to_list(vector_mean(vs))", "[0.75, 0.0]"}},
    .cost = {.per_row = 12.0, .per_element = 8.0},
    .aliases = "mean_pooling avg_pooling average_embedding array_avg vec_pool",
    .see_also = "vector_sum vector_max",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
