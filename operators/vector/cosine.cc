// cosine(x, y): the cosine of the angle between two vectors.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_products.h"

namespace feature_extractor {
namespace {

template <SimdLevel Level>
struct Cosine {
  static Nullable<double> eval(Vector x, Vector y) { return cosine_at<Level>(x, y); }
};

constexpr Operator kOperator = {
    .name = "cosine",
    .summary = "Measure how similar two vectors are, as the cosine of the angle between them",
    .detail = "dot(x, y) / sqrt(dot(x, x) * dot(y, y)), computed in double precision: from -1 to 1.",
    .parameters = {{"x", "the first vector"}, {"y", "the second vector"}},
    .overloads = {leveled_overload<"<N: size>(x: vector<N>, y: vector<N>) -> float?", Cosine>()},
    .edges = {{"a vector has only zeros", "null: there is no angle"},
              {"both are the same vector", "1"},
              {"the sizes differ", "it does not compile"}},
    .examples = {{"v: vector<2> = [3.0, 4.0] | cosine(v, v)", "1.0"}},
    .cost = {.per_row = 10.0, .per_element = 0.6},
    .algebra = "commutative",
    .aliases = "cosine_similarity cos_sim list_cosine_similarity",
    .see_also = "dot max_similarity map_cosine normalize_vector",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
