// map_cosine(x, y): the cosine of the angle between two sparse vectors.
#include "feature_extractor/operator.h"
#include "feature_extractor/map_product.h"

namespace feature_extractor {
namespace {

template <class K>
struct MapCosine : MapProduct<K> {
  static Nullable<double> eval(Arena& arena, Map<K, double> x, Map<K, double> y) {
    return cosine(map_product(x, y, arena), squares(x), squares(y));
  }
  static double squares(Map<K, double> m) {
    return lane_sum(m.values(), [](double value) { return value * value; });
  }
  static Nullable<double> cosine(double product, double x_squares, double y_squares) {
    // One root is exact more often than two, but the product may leave the range of floats.
    const double norms = x_squares * y_squares;
    const double apart = __builtin_sqrt(x_squares) * __builtin_sqrt(y_squares);
    const double scale = norms > 1e-290 && norms < 1e300 ? __builtin_sqrt(norms) : apart;
    return Nullable<double>::where(scale > 0.0 && scale <= adapter::kLargestFinite, product / scale);
  }
  struct Index : MapProduct<K>::FirstShared {
    double x_squares;
    void build(Map<K, double> x, Arena& arena) {
      MapProduct<K>::FirstShared::build(x, arena);
      x_squares = squares(x);
    }
    Nullable<double> probe(Map<K, double> y) { return cosine(this->product(y), x_squares, squares(y)); }
  };
  struct SecondIndex : MapProduct<K>::SecondShared {
    double y_squares;
    void build(Map<K, double> y, Arena& arena) {
      MapProduct<K>::SecondShared::build(y, arena);
      y_squares = squares(y);
    }
    Nullable<double> probe(Map<K, double> x) { return cosine(this->product(x), squares(x), y_squares); }
  };
};

constexpr Operator kOperator = {
    .name = "map_cosine",
    .summary = "Measure how similar two maps are, as the cosine of the angle between sparse vectors",
    .detail = "`map_dot(x, y)` divided by the root of the product of both sums of squares: from -1 to 1.",
    .parameters = {{"x", "the first map"}, {"y", "the second map"}},
    .overloads =
        {generic_overload<"<K: key>(x: map<K, float>, y: map<K, float>) -> float?", MapCosine, bool, int64_t, Text>()},
    .edges = {{"a map is empty, or all its values are 0", "null: there is no angle"},
              {"the maps share no key", "0"},
              {"a value is null", "it counts as 0"},
              {"the squares of the values are too large, or all too small, for a float", "null"},
              {"an input map holds a key twice", "both squares count, and the product is that of `map_dot`"}},
    .examples = {{"m: map<string, float> = {\"a\": 3.0, \"b\": 4.0} | map_cosine(m, m)", "1.0"}},
    .cost = {.per_row = 35.0, .per_element = 3.0},
    .aliases = "cosine_similarity_map kv_cosine sparse_cosine",
    .see_also = "map_dot cosine",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
