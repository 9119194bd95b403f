// xxh3_128(x, half, seed): half of XXH3-128 of the plain bytes.
#include "feature_extractor/operator.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace feature_extractor {
namespace {

template <class T>
struct Xxh3128 {
  static int64_t eval(T x, Text half, int64_t seed) {
    const Text text = Storage<T>::to(x);
    const XXH128_hash_t hash = XXH3_128bits_withSeed(text.data(), text.size(), static_cast<uint64_t>(seed));
    return static_cast<int64_t>(half == "high" ? hash.high64 : hash.low64);
  }
};

constexpr Operator kOperator = {
    .name = "xxh3_128",
    .summary = "Hash text or bytes by XXH3-128",
    .detail =
        "Half of the 128 bits of XXH3 over the plain bytes. A string counts as its bytes in UTF-8. Each half is a "
        "signed int.",
    .parameters = {{"x", "the text or bytes"}, {"half", "which 64 of the 128 bits"}, {"seed", "the seed, as 64 bits"}},
    .overloads = {overload<"(x: string, half: const string{\"low\",\"high\"} = \"low\", seed: const int = 0) -> int",
                           Xxh3128<Text>>(),
                  overload<"(x: bytes, half: const string{\"low\",\"high\"} = \"low\", seed: const int = 0) -> int",
                           Xxh3128<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"xxh3_128(\"abc\")", "8696274497037089104"},
                 {"xxh3_128(\"abc\", \"high\")", "481984899792396677"},
                 {"xxh3_128(b\"\\x00\\xFF\")", "-6225377411875435533"}},
    .cost = {.per_row = 5.0, .per_element = 0.06},
    .aliases = "xxh128 XXH3_128bits",
    .see_also = "xxh3_64 hash",
    .source = "The specification of xxHash 0.8, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
