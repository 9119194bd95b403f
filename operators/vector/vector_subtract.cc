// vector_subtract(x, y): two vectors subtracted number by number.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct VectorSubtract {
  static bool eval(Vector x, Vector y, VectorResult result) {
    return combine_vectors(x, y, result, [](double a, double b) { return a - b; });
  }
};

constexpr Operator kOperator = {
    .name = "vector_subtract",
    .summary = "Subtract one vector from another number by number",
    .parameters = {{"x", "the vector"}, {"y", "what to subtract"}},
    .overloads = {overload<"<N: size>(x: vector<N>, y: vector<N>) -> vector<N>", VectorSubtract>()},
    .edges = {{"a difference does not fit a 32-bit float", "null"}, {"the sizes differ", "it does not compile"}},
    .examples = {{"v: vector<2> = [1.0, 2.0] | w: vector<2> = [0.5, -2.0] | to_list(vector_subtract(v, w))",
                  "[0.5, 4.0]"}},
    .cost = {.per_row = 4.0, .per_element = 0.5},
    .aliases = "element_wise_subtract vec_sub",
    .see_also = "vector_add euclidean_distance",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
