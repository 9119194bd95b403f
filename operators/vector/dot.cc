// dot(x, y): the dot product.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_products.h"

namespace feature_extractor {
namespace {

template <SimdLevel Level>
struct DotOfVectors {
  static double eval(Vector x, Vector y) { return dot_at<Level>(x, y); }
};

struct DotOfLists {
  static constexpr bool kSimd = true;
  static Nullable<double> eval(List<double> xs, List<double> ys) {
    if (xs.size() != ys.size()) return null;
    const double* x = xs.data();
    const double* y = ys.data();
    if (!xs.has_nulls() && !ys.has_nulls()) {
      return lane_sum(xs.size(), [&](uint32_t i) { return x[i] * y[i]; });
    }
    return lane_sum(xs.size(), [&](uint32_t i) { return xs.is_null(i) || ys.is_null(i) ? 0.0 : x[i] * y[i]; });
  }
};

constexpr Operator kOperator = {
    .name = "dot",
    .summary = "Multiply two vectors number by number and add up the products",
    .detail = "Computed in double precision, summed in the order of `sum`.",
    .parameters = {{"x", "the first vector"}, {"y", "the second vector"}},
    .overloads = {leveled_overload<"<N: size>(x: vector<N>, y: vector<N>) -> float", DotOfVectors>(),
                  overload<"(x: list<float>, y: list<float>) -> float?", DotOfLists>()},
    .edges = {{"two lists have different lengths", "null; vectors of different sizes do not compile"},
              {"both lists are empty", "0"},
              {"an element of a list is null", "its product counts as 0"},
              {"the sum of a list's products is not finite", "null"}},
    .examples = {{"dot([1.0, 2.0], [3.0, 4.0])", "11.0"}},
    .cost = {.per_row = 4.0, .per_element = 0.3},
    .algebra = "commutative",
    .aliases = "dot_product inner_product list_dot_product scalar_product",
    .see_also = "cosine map_dot weighted_mean",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
