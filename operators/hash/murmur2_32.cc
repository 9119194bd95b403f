// murmur2_32(x, seed): MurmurHash2 of the plain bytes.
#include "feature_extractor/murmur_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Murmur232 {
  static int64_t eval(T x, int64_t seed) {
    return static_cast<int64_t>(murmur::murmur2_32(Storage<T>::to(x), static_cast<uint32_t>(seed)));
  }
};

constexpr Operator kOperator = {
    .name = "murmur2_32",
    .summary = "Hash text or bytes by MurmurHash2",
    .detail =
        "MurmurHash2 with 32 bits. Kafka chooses a partition by it, with the seed 2538058380 and without the highest "
        "bit; ClickHouse has it with the seed 0. A string counts as its bytes in UTF-8. The result is from 0 to 2^32 - "
        "1; `sign_extend` gives the signed form of other systems.",
    .parameters = {{"x", "the text or bytes"}, {"seed", "the seed"}},
    .overloads = {overload<"(x: string, seed: const int[0..4294967295] = 0) -> int", Murmur232<Text>>(),
                  overload<"(x: bytes, seed: const int[0..4294967295] = 0) -> int", Murmur232<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"murmur2_32(\"abc\")", "324500635"},
                 {"murmur2_32(\"abc\", seed = 2538058380)", "479470107"},
                 {"murmur2_32(b\"\\x00\\xFF\")", "2643883105"}},
    .cost = {.per_row = 5.0, .per_element = 0.5},
    .aliases = "murmurHash2_32 kafka_murmur2 murmur2",
    .see_also = "murmur2_64 murmur3_32",
    .source = "https://github.com/aappleby/smhasher",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
