// multi_hash(x, count, buckets, seed): several ids for one value.
#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"

namespace feature_extractor {
namespace {

template <class T>
struct MultiHash {
  static void eval(T x, int64_t count, int64_t buckets, int64_t seed, ListBuilder<int64_t>& result) {
    // The range of `count` is checked when the program is compiled; the limit holds whatever comes here.
    const auto functions = static_cast<uint32_t>(count < 0 ? 0 : (count < 64 ? count : 64));
    result.reserve(functions);
    for (uint32_t i = 0; i < functions; ++i) {
      result.push_back(bucket_of(value_hash(x, static_cast<uint64_t>(seed) + i), buckets));
    }
  }
};

constexpr Operator kOperator = {
    .name = "multi_hash",
    .summary = "Hash a value to several ids by independent functions",
    .detail =
        "The k-th id is `hash_bucket(x, buckets, seed + k)`. A model adds up or joins the k embeddings, so that a "
        "small table tells many values apart: two values that share one id hardly share all. For the quotient and "
        "remainder instead of hashes, take `[x // n, x % n]`.",
    .parameters = {{"x", "the value"},
                   {"count", "how many ids"},
                   {"buckets", "the number of different ids of each function"},
                   {"seed", "the seed of the first function"}},
    .overloads =
        {generic_overload<"<T: scalar>(x: T, count: const int[1..64], buckets: const int[1..9223372036854775807], "
                          "seed: const int = 0) -> list<int>",
                          MultiHash, bool, int64_t, double, Text>()},
    .edges = {{"`x` is null", "null"}, {"`seed` + k overflows", "it goes on with the least int"}},
    .examples = {{"multi_hash(42, 3, 1000)", "[633, 81, 16]"}, {"length(multi_hash(\"a\", 4, 1000))", "4"}},
    .cost = {.per_row = 15.0, .per_element = 0.5},
    .aliases = "compositional_embedding bloom_hash double_hash k_hashes hash_embedding multi_hash_bucket",
    .see_also = "hash_bucket minhash hash",
    .source = "Svenstrup et al.: Hash embeddings for efficient word representations (2017)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
