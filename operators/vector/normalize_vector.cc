// normalize_vector(x): the vector of length 1 in the same direction.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {
namespace {

struct NormalizeVector {
  static bool eval(Vector x, VectorResult result) {
    const double norm = __builtin_sqrt(dot_product(x, x));
    if (!(norm > 0.0)) return false;
    for (uint32_t i = 0; i < result.size; ++i)
      result.data[i] = static_cast<float>(static_cast<double>(x.data[i]) / norm);
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "normalize_vector",
    .summary = "Scale a vector to length 1",
    .detail = "Each number divided by `l2_norm(x)` in double precision, then rounded to 32 bits.",
    .parameters = {{"x", "the vector"}},
    .overloads = {overload<"<N: size>(x: vector<N>) -> vector<N>?", NormalizeVector>()},
    .edges = {{"all numbers are 0", "null: there is no direction"}},
    .examples = {{"v: vector<2> = [3.0, 4.0] | to_list(normalize_vector(v))[0]", "0.6000000238418579"}},
    .cost = {.per_row = 12.0, .per_element = 1.0},
    .algebra = "idempotent",
    .aliases = "l2_normalize unit_vector norm_vec",
    .see_also = "l2_norm cosine",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
