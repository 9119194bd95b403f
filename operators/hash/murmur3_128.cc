// murmur3_128(x, half, seed): half of MurmurHash3_x64_128 of the plain bytes.
#include "feature_extractor/murmur_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Murmur3128 {
  static int64_t eval(T x, Text half, int64_t seed) {
    const Text text = Storage<T>::to(x);
    const murmur::Pair hash = murmur::murmur3_128(text, static_cast<uint64_t>(seed));
    return static_cast<int64_t>(half == "high" ? hash.high : hash.low);
  }
};

constexpr Operator kOperator = {
    .name = "murmur3_128",
    .summary = "Hash text or bytes by MurmurHash3, x64_128",
    .detail =
        "MurmurHash3_x64_128, as Guava's murmur3_128 and mmh3.hash64 have it; the low half is the first number of "
        "mmh3.hash64. A string counts as its bytes in UTF-8. Each half is a signed int.",
    .parameters = {{"x", "the text or bytes"}, {"half", "which 64 of the 128 bits"}, {"seed", "the seed"}},
    .overloads =
        {overload<
             "(x: string, half: const string{\"low\",\"high\"} = \"low\", seed: const int[0..4294967295] = 0) -> int",
             Murmur3128<Text>>(),
         overload<
             "(x: bytes, half: const string{\"low\",\"high\"} = \"low\", seed: const int[0..4294967295] = 0) -> int",
             Murmur3128<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"murmur3_128(\"abc\")", "-5434086359492102041"},
                 {"murmur3_128(\"abc\", \"high\")", "4297124817637354834"},
                 {"murmur3_128(b\"\\x00\\xFF\")", "-2476662096183316416"}},
    .cost = {.per_row = 6.0, .per_element = 0.25},
    .aliases = "murmur3_64 MurmurHash3_x64_128 murmurHash3_64 hash128",
    .see_also = "murmur3_32 murmur2_64",
    .source = "https://github.com/aappleby/smhasher",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
