// vector_multiply(x, y): two vectors multiplied number by number.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct VectorMultiply {
  static bool eval(Vector x, Vector y, VectorResult result) {
    return combine_vectors(x, y, result, [](double a, double b) { return a * b; });
  }
};

constexpr Operator kOperator = {
    .name = "vector_multiply",
    .summary = "Multiply two vectors number by number",
    .detail = "The Hadamard product, which models often take of a user's and an item's embedding.",
    .parameters = {{"x", "the first vector"}, {"y", "the second vector"}},
    .overloads = {overload<"<N: size>(x: vector<N>, y: vector<N>) -> vector<N>", VectorMultiply>()},
    .edges = {{"a product does not fit a 32-bit float", "null"}, {"the sizes differ", "it does not compile"}},
    .examples = {{"v: vector<2> = [1.5, 2.0] | w: vector<2> = [2.0, -2.0] | to_list(vector_multiply(v, w))",
                  "[3.0, -4.0]"}},
    .cost = {.per_row = 4.0, .per_element = 0.5},
    .algebra = "commutative",
    .aliases = "hadamard element_wise_multiply vec_mul",
    .see_also = "dot vector_scale",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
