// vector_scale(x, factor): a vector times a number.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct VectorScale {
  static bool eval(Vector x, double factor, VectorResult result) {
    return combine_vectors(x, x, result, [factor](double a, double) { return a * factor; });
  }
};

constexpr Operator kOperator = {
    .name = "vector_scale",
    .summary = "Multiply each number of a vector by a factor",
    .parameters = {{"x", "the vector"}, {"factor", "the factor"}},
    .overloads = {overload<"<N: size>(x: vector<N>, factor: float) -> vector<N>", VectorScale>()},
    .edges = {{"a product does not fit a 32-bit float", "null"}},
    .examples = {{"v: vector<2> = [1.5, -2.0] | to_list(vector_scale(v, 2.0))", "[3.0, -4.0]"}},
    .cost = {.per_row = 4.0, .per_element = 0.5},
    .aliases = "scalar_multiply vec_scale",
    .see_also = "vector_multiply normalize_vector",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
