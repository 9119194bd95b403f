// murmur3_32(x, seed): MurmurHash3_x86_32 of the plain bytes.
#include "feature_extractor/murmur_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Murmur332 {
  static int64_t eval(T x, int64_t seed) {
    return static_cast<int64_t>(murmur::murmur3_32(Storage<T>::to(x), static_cast<uint32_t>(seed)));
  }
};

constexpr Operator kOperator = {
    .name = "murmur3_32",
    .summary = "Hash text or bytes by MurmurHash3, x86_32",
    .detail =
        "MurmurHash3_x86_32, which Guava's murmur3_32_fixed, scikit-learn and mmh3 have too. Spark treats the last "
        "bytes in its own way: see `spark_hash`. A string counts as its bytes in UTF-8. The result is from 0 to 2^32 - "
        "1; `sign_extend` gives the signed form of other systems.",
    .parameters = {{"x", "the text or bytes"}, {"seed", "the seed"}},
    .overloads = {overload<"(x: string, seed: const int[0..4294967295] = 0) -> int", Murmur332<Text>>(),
                  overload<"(x: bytes, seed: const int[0..4294967295] = 0) -> int", Murmur332<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"murmur3_32(\"abc\")", "3017643002"},
                 {"murmur3_32(\"abc\", seed = 42)", "1313807976"},
                 {"murmur3_32(b\"\\x00\\xFF\")", "3712929428"}},
    .cost = {.per_row = 5.0, .per_element = 0.5},
    .aliases = "murmur3 murmurhash3 mmh3 murmur_hash MurmurHash3_x86_32 murmurHash3_32 mhash",
    .see_also = "murmur3_128 spark_hash sklearn_hash iceberg_bucket sign_extend",
    .source = "https://github.com/aappleby/smhasher",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
