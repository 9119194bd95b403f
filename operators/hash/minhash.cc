// minhash(xs, count, seed): the least hash of a set under several hash functions.
#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"

namespace feature_extractor {
namespace {

// The mixing function of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
[[gnu::always_inline]] inline uint64_t mix(uint64_t x) {
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

constexpr uint64_t kStep = 0x9E3779B97F4A7C15u;  // 2^64 divided by the golden ratio.
constexpr uint32_t kMost = 1024;

template <class T>
struct Minhash {
  static constexpr bool kSimd = true;
  static void eval(Arena& arena, List<T> xs, int64_t count, int64_t seed, ListBuilder<int64_t>& result) {
    Arena::Scope scope(arena);
    // The range of `count` is checked when the program is compiled; the limit holds whatever comes here.
    const auto functions = static_cast<uint32_t>(count < 0 ? 0 : (count < kMost ? count : kMost));
    auto* const least = arena.allocate_array<uint64_t>(functions);
    for (uint32_t k = 0; k < functions; ++k) least[k] = ~uint64_t{0};
    bool any = false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      any = true;
      const uint64_t hash = value_hash(xs[i], static_cast<uint64_t>(seed));
      for (uint32_t k = 0; k < functions; ++k) {
        const uint64_t value = mix(hash + k * kStep);
        least[k] = value < least[k] ? value : least[k];
      }
    }
    if (!any) return;
    result.reserve(functions);
    for (uint32_t k = 0; k < functions; ++k) result.push_back(static_cast<int64_t>(least[k]));
  }
};

constexpr Operator kOperator = {
    .name = "minhash",
    .summary = "Sum up a set by its least hash under each of several hash functions",
    .detail =
        "The share of places in which the results for two sets agree estimates their Jaccard index. The k-th number is "
        "the least, as an unsigned number, of mix(hash(x, seed) + k * 0x9E3779B97F4A7C15) over the elements, where mix "
        "is that of SplitMix64; it is given as a signed int. The order of the elements and duplicates do not matter.",
    .parameters = {{"xs", "the elements of the set"},
                   {"count", "how many hash functions"},
                   {"seed", "chooses another family of functions"}},
    .overloads =
        {generic_overload<"<T: key>(xs: list<T>, count: const int[1..1024] = 64, seed: const int = 0) -> list<int>",
                          Minhash, bool, int64_t, Text>()},
    .edges = {{"there are no elements, or all are null", "an empty list"}, {"an element is null", "it is left out"}},
    .examples = {{"minhash([1, 2, 3])[7] == minhash([3, 1, 2, 2])[7]", "true"}, {"length(minhash([\"a\"], 16))", "16"}},
    .cost = {.per_row = 40.0, .per_element = 60.0},
    .aliases = "min_hash bbit_minhash minwise_hash wordShingleMinHash MinHashLSH",
    .see_also = "simhash jaccard multi_hash hash",
    .source = "Broder: On the resemblance and containment of documents (1997)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
