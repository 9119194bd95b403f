// vector_sum(xs): a list of vectors added up.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct VectorSum {
  static bool eval(Arena& arena, List<Vector> xs, VectorResult result) {
    Arena::Scope scope(arena);
    double* sums = arena.allocate_array<double>(result.size);
    if (add_vectors(xs, result.size, sums) == 0) return false;
    return round_vector(sums, 1.0, result);
  }
};

constexpr Operator kOperator = {
    .name = "vector_sum",
    .summary = "Add up a list of vectors",
    .detail = "Each number is added up in double precision, from the first vector to the last.",
    .parameters = {{"xs", "the vectors"}},
    .overloads = {overload<"<N: size>(xs: list<vector<N>>) -> vector<N>?", VectorSum>()},
    .edges = {{"the list is empty, or all vectors are null", "null"},
              {"a vector is null", "it is skipped"},
              {"a sum does not fit a 32-bit float", "null"}},
    .examples = {{"vs: list<vector<2>> = [[1.0, 2.0], [0.5, -2.0]] | to_list(vector_sum(vs))", "[1.5, 0.0]"}},
    .cost = {.per_row = 10.0, .per_element = 8.0},
    .aliases = "sum_pooling element_wise_sum",
    .see_also = "vector_mean vector_max vector_add",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
