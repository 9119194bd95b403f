// xxhash64(x, seed): XXH64 of the plain bytes.
#include "feature_extractor/operator.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace feature_extractor {
namespace {

template <class T>
struct Xxhash64 {
  static int64_t eval(T x, int64_t seed) {
    const Text text = Storage<T>::to(x);
    return static_cast<int64_t>(XXH64(text.data(), text.size(), static_cast<uint64_t>(seed)));
  }
};

constexpr Operator kOperator = {
    .name = "xxhash64",
    .summary = "Hash text or bytes by XXH64",
    .detail =
        "XXH64 of xxHash over the plain bytes. Spark's function of this name has another seed and encodings: see "
        "`spark_xxhash64`. A string counts as its bytes in UTF-8. The result is the hash's 64 bits as a signed int; "
        "`modulo_bucket` takes it as unsigned.",
    .parameters = {{"x", "the text or bytes"}, {"seed", "the seed, as 64 bits"}},
    .overloads = {overload<"(x: string, seed: const int = 0) -> int", Xxhash64<Text>>(),
                  overload<"(x: bytes, seed: const int = 0) -> int", Xxhash64<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"xxhash64(\"abc\")", "4952883123889572249"},
                 {"xxhash64(\"abc\", seed = 7)", "-7028621457359472937"},
                 {"xxhash64(b\"\\x00\\xFF\")", "-2244624838837461635"}},
    .cost = {.per_row = 6.0, .per_element = 0.1},
    .aliases = "xxh64 XXH64 xxHash64",
    .see_also = "xxh3_64 spark_xxhash64 xxhash32",
    .source = "The specification of xxHash 0.8, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
