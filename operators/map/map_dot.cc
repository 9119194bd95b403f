// map_dot(x, y): the dot product of two sparse vectors.
#include "feature_extractor/operator.h"
#include "feature_extractor/map_product.h"

namespace feature_extractor {
namespace {

template <class K>
struct MapDot : MapProduct<K> {
  static double eval(Arena& arena, Map<K, double> x, Map<K, double> y) { return map_product(x, y, arena); }
  struct Index : MapProduct<K>::FirstShared {
    double probe(Map<K, double> y) { return this->product(y); }
  };
  struct SecondIndex : MapProduct<K>::SecondShared {
    double probe(Map<K, double> x) { return this->product(x); }
  };
};

constexpr Operator kOperator = {
    .name = "map_dot",
    .summary = "Multiply the values of two maps key by key and add up the products",
    .detail =
        "Maps are sparse vectors: a key that one of them lacks counts as 0. The products are added from left to right "
        "in the order of the first map.",
    .parameters = {{"x", "the first map"}, {"y", "the second map"}},
    .overloads =
        {generic_overload<"<K: key>(x: map<K, float>, y: map<K, float>) -> float", MapDot, bool, int64_t, Text>()},
    .edges = {{"the maps share no key, or one is empty", "0"},
              {"a value is null", "it counts as 0"},
              {"an input map holds a key twice", "in the second map the later value counts"},
              {"the sum is not finite", "null"}},
    .examples = {{"m: map<string, float> = {\"a\": 1.5, \"b\": 2.0} | n: map<string, float> = {\"b\": 4.0, \"c\": 1.0} "
                  "| map_dot(m, n)",
                  "8.0"}},
    .cost = {.per_row = 30.0, .per_element = 3.0},
    .aliases = "kv_dot_product kv_dot sparse_dot dot_product",
    .see_also = "map_cosine dot overlap_count",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
