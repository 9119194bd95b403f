// top_similarities(x, ys, count): the greatest cosines between a vector and those of a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/simd_levels.h"
#include "feature_extractor/vector_products.h"

namespace feature_extractor {
namespace {

template <SimdLevel Level>
struct TopSimilarities {
  static void eval(Vector x, List<Vector> ys, int64_t count, ListBuilder<double>& result) {
    constexpr uint32_t kMost = 64;
    const uint32_t limit = count < 0 ? 0 : count > int64_t{kMost} ? kMost : static_cast<uint32_t>(count);
    double best[kMost];
    uint32_t size = 0;
    if (limit == 0) return;
    for (uint32_t i = 0; i < ys.size(); ++i) {
      if (ys.is_null(i)) continue;
      const Nullable<double> similarity = cosine_at<Level>(x, ys[i]);
      if (!similarity.has_value()) continue;
      const double value = *similarity + 0.0;
      if (size == limit) {
        if (!(value > best[size - 1])) continue;
        --size;
      }
      uint32_t at = size++;
      for (; at > 0 && best[at - 1] < value; --at) best[at] = best[at - 1];
      best[at] = value;
    }
    result.reserve(size);
    for (uint32_t i = 0; i < size; ++i) result.push_back(best[i]);
  }
};

constexpr Operator kOperator = {
    .name = "top_similarities",
    .summary = "List the greatest cosines between a vector and the vectors of a list",
    .detail =
        "The greatest first. Their mean is steadier than the single greatest one, `max_similarity`: "
        "`top_similarities(x, ys, 5).mean()`. The angle of a cosine is `acos(cosine(x, y))`.",
    .parameters = {{"x", "the vector"}, {"ys", "the vectors to compare it with"}, {"count", "how many, at most 64"}},
    .overloads = {leveled_overload<"<N: size>(x: vector<N>, ys: list<vector<N>>, count: int) -> list<float>",
                                   TopSimilarities>()},
    .edges = {{"the list has fewer vectors", "as many as there are"},
              {"a vector of the list is null or has only zeros", "it is skipped"},
              {"`x` has only zeros", "an empty list"},
              {"`count` is 0 or negative", "an empty list"},
              {"`count` is more than 64", "64"}},
    .examples =
        {{"v: vector<2> = [3.0, 4.0] | vs: list<vector<2>> = [[0.0, 2.0], [1.0, 0.0]] | top_similarities(v, vs, 1)",
          "[0.8]"}},
    .cost = {.per_row = 10.0, .per_element = 12.0},
    .aliases = "topk_sim top_k_similarity nearest_similarities",
    .see_also = "max_similarity cosine top",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
