// max_similarity(x, ys): the greatest cosine between a vector and those of a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_products.h"

namespace feature_extractor {
namespace {

template <SimdLevel Level>
struct MaxSimilarity {
  static Nullable<double> eval(Vector x, List<Vector> ys) {
    double greatest = -2.0;  // Below every cosine.
    for (uint32_t i = 0; i < ys.size(); ++i) {
      if (ys.is_null(i)) continue;
      const Nullable<double> similarity = cosine_at<Level>(x, ys[i]);
      if (similarity.has_value() && *similarity > greatest) greatest = *similarity;
    }
    return Nullable<double>::where(greatest > -2.0, greatest + 0.0);
  }
};

constexpr Operator kOperator = {
    .name = "max_similarity",
    .summary = "Find the greatest cosine between a vector and the vectors of a list",
    .detail = "How close a candidate is to the nearest item of a history; see `cosine`.",
    .parameters = {{"x", "the vector"}, {"ys", "the vectors to compare it with"}},
    .overloads = {leveled_overload<"<N: size>(x: vector<N>, ys: list<vector<N>>) -> float?", MaxSimilarity>()},
    .edges = {{"the list is empty", "null"},
              {"a vector of the list is null or has only zeros", "it is skipped"},
              {"`x` has only zeros", "null"}},
    .examples = {{"v: vector<2> = [3.0, 4.0] | vs: list<vector<2>> = [[0.0, 2.0], [1.0, 0.0]] | max_similarity(v, vs)",
                  "0.8"}},
    .cost = {.per_row = 5.0, .per_element = 12.0},
    .aliases = "max_sim closest nearest_similarity",
    .see_also = "cosine vector_mean",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
