// simhash(xs): 64 bits that are alike for lists that are alike.
#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"

namespace feature_extractor {
namespace {

template <class T>
struct SimhashOfList {
  static constexpr bool kSimd = true;
  static int64_t eval(List<T> xs) {
    uint32_t ones[64] = {};
    uint32_t present = 0;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      const uint64_t hash = value_hash(xs[i], 0);
      for (int bit = 0; bit < 64; ++bit) ones[bit] += static_cast<uint32_t>(hash >> bit & 1);
      ++present;
    }
    uint64_t result = 0;
    for (int bit = 0; bit < 64; ++bit) result |= static_cast<uint64_t>(ones[bit] > present - ones[bit]) << bit;
    return static_cast<int64_t>(result);
  }
};

template <class K>
struct SimhashOfMap {
  static int64_t eval(Map<K, double> weights) {
    // In the order of the map, so that the rounding of the sums is always the same.
    double sums[64] = {};
    const List<K> keys = weights.keys();
    const List<double> values = weights.values();
    for (uint32_t i = 0; i < weights.size(); ++i) {
      if (values.is_null(i)) continue;
      const uint64_t hash = value_hash(keys[i], 0);
      for (int bit = 0; bit < 64; ++bit) sums[bit] += (hash >> bit & 1) != 0 ? values[i] : -values[i];
    }
    uint64_t result = 0;
    for (int bit = 0; bit < 64; ++bit) result |= static_cast<uint64_t>(sums[bit] > 0.0) << bit;
    return static_cast<int64_t>(result);
  }
};

constexpr Operator kOperator = {
    .name = "simhash",
    .summary = "Make a 64-bit fingerprint that is alike for lists that are alike",
    .detail =
        "Bit b is set if, over the elements, `hash` has bit b more often set than not; with a map each key counts by "
        "its "
        "weight. Fingerprints of lists with a small angle between them differ in few bits: "
        "`bit_count(bit_xor(simhash(xs), simhash(ys)))` of 64 estimates the angle.",
    .parameters = {{"xs", "the tokens"}, {"weights", "the weight of each token"}},
    .overloads = {generic_overload<"<T: key>(xs: list<T>) -> int", SimhashOfList, bool, int64_t, Text>(),
                  generic_overload<"<K: key>(weights: map<K, float>) -> int", SimhashOfMap, bool, int64_t, Text>()},
    .edges = {{"there are no elements, or all are null", "0"},
              {"an element or a weight is null", "it is left out"},
              {"an element comes twice", "it counts twice"},
              {"a bit is as often set as not", "0"}},
    .examples = {{"simhash([\"a\"]) == hash(\"a\")", "true"},
                 {"bit_count(bit_xor(simhash([\"a\", \"b\", \"c\"]), simhash([\"c\", \"b\", \"a\"])))", "0"}},
    .cost = {.per_row = 20.0, .per_element = 25.0},
    .aliases = "sim_hash charikar wordShingleSimHash ngramSimHash locality_sensitive_hash lsh",
    .see_also = "minhash bit_count bit_xor hash",
    .source = "Charikar: Similarity estimation techniques from rounding algorithms (2002)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
