// simhash(xs): 64 bits that are alike for lists that are alike.
#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"

namespace feature_extractor {
namespace {

// For each of 64 bits, how often it was set. The counters stand in slices: slice k has bit k of all of them, so that one
// addition with carry serves all 64, and on average it ends after two slices.
class BitCounters {
 public:
  void add(uint64_t bits) {
    for (uint32_t k = 0; bits != 0; ++k) {
      const uint64_t carry = slices_[k] & bits;
      slices_[k] ^= bits;
      bits = carry;
    }
  }
  // The bits whose counter is more than `limit`, which has as many slices; from the highest slice down.
  uint64_t above(uint32_t limit) const {
    uint64_t greater = 0;
    uint64_t equal = ~uint64_t{0};
    for (uint32_t k = 32; k-- > 0;) {
      const uint64_t limit_bits = (limit >> k & 1) != 0 ? ~uint64_t{0} : 0;
      greater |= equal & slices_[k] & ~limit_bits;
      equal &= ~(slices_[k] ^ limit_bits);
    }
    return greater;
  }

 private:
  uint64_t slices_[33] = {};  // A list has fewer than 2^32 elements.
};

template <class T>
struct SimhashOfList {
  static int64_t eval(List<T> xs) {
    BitCounters counters;
    uint32_t present = 0;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      counters.add(value_hash(xs[i], 0));
      ++present;
    }
    return static_cast<int64_t>(counters.above(present / 2));  // More than half, also for an odd number.
  }
};

template <class K>
struct SimhashOfMap {
  static constexpr bool kSimd = true;
  static int64_t eval(Map<K, double> weights) {
    // In the order of the map, so that the rounding of the sums is always the same.
    double sums[64] = {};
    const List<K> keys = weights.keys();
    const List<double> values = weights.values();
    for (uint32_t i = 0; i < weights.size(); ++i) {
      if (values.is_null(i)) continue;
      const uint64_t hash = value_hash(keys[i], 0);
      const auto weight = __builtin_bit_cast(uint64_t, values[i]);
      for (int bit = 0; bit < 64; ++bit) {
        sums[bit] +=
            __builtin_bit_cast(double, weight ^ (~hash >> bit & 1) << 63);  // A minus where the bit is not set.
      }
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
        "its weight. Fingerprints of lists with a small angle between them differ in few bits: "
        "`bit_count(bit_xor(simhash(xs), simhash(ys)))` of 64 estimates the angle.",
    .parameters = {{"xs", "the tokens"}, {"weights", "the weight of each token"}},
    .overloads = {generic_overload<"<T: key>(xs: list<T>) -> int", SimhashOfList, bool, int64_t, Text>(),
                  generic_overload<"<K: key>(weights: map<K, float>) -> int", SimhashOfMap, bool, int64_t, Text>()},
    .edges = {{"there are no elements, or all are null", "0"},
              {"an element or a weight is null", "it is left out"},
              {"an element comes twice", "it counts twice"},
              {"a bit is as often set as not", "0"},
              {"an input map holds a key twice", "both weights count"}},
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
