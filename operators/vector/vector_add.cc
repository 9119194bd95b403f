// vector_add(x, y): two vectors added number by number.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct VectorAdd {
  static bool eval(Vector x, Vector y, VectorResult result) {
    return combine_vectors(x, y, result, [](double a, double b) { return a + b; });
  }
};

constexpr Operator kOperator = {
    .name = "vector_add",
    .summary = "Add two vectors number by number",
    .parameters = {{"x", "the first vector"}, {"y", "the second vector"}},
    .overloads = {overload<"<N: size>(x: vector<N>, y: vector<N>) -> vector<N>", VectorAdd>()},
    .edges = {{"a sum does not fit a 32-bit float", "null"}, {"the sizes differ", "it does not compile"}},
    .examples = {{"v: vector<2> = [1.0, 2.0] | w: vector<2> = [0.5, -2.0] | to_list(vector_add(v, w))", "[1.5, 0.0]"}},
    .cost = {.per_row = 4.0, .per_element = 0.5},
    .algebra = "commutative",
    .aliases = "element_wise_add vec_add",
    .see_also = "vector_subtract vector_sum vector_mean",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
