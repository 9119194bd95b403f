// vector_max(xs): the greatest number of each position in a list of vectors.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct VectorMax {
  static bool eval(List<Vector> xs, VectorResult result) {
    bool found = false;
    for (uint32_t k = 0; k < xs.size(); ++k) {
      if (xs.is_null(k)) continue;
      const Vector x = xs[k];
      for (uint32_t i = 0; i < result.size; ++i) {
        const float value = x.data[i] + 0.0f;  // 0.0 for -0.0, so that the order of the list does not matter.
        result.data[i] = !found || value > result.data[i] ? value : result.data[i];
      }
      found = true;
    }
    return found;
  }
};

constexpr Operator kOperator = {
    .name = "vector_max",
    .summary = "Take the greatest number of each position in a list of vectors",
    .detail = "Max pooling.",
    .parameters = {{"xs", "the vectors"}},
    .overloads = {overload<"<N: size>(xs: list<vector<N>>) -> vector<N>?", VectorMax>()},
    .edges = {{"the list is empty, or all vectors are null", "null"}, {"a vector is null", "it is skipped"}},
    .examples = {{"vs: list<vector<2>> = [[1.0, -2.0], [0.5, -1.0]] | to_list(vector_max(vs))", "[1.0, -1.0]"}},
    .cost = {.per_row = 8.0, .per_element = 6.0},
    .aliases = "max_pooling element_wise_max",
    .see_also = "vector_mean vector_sum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
