// xxh3_64(x, seed): XXH3-64 of the plain bytes.
#include "feature_extractor/operator.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace feature_extractor {
namespace {

template <class T>
struct Xxh364 {
  static int64_t eval(T x, int64_t seed) {
    const Text text = Storage<T>::to(x);
    return static_cast<int64_t>(XXH3_64bits_withSeed(text.data(), text.size(), static_cast<uint64_t>(seed)));
  }
};

constexpr Operator kOperator = {
    .name = "xxh3_64",
    .summary = "Hash text or bytes by XXH3-64",
    .detail =
        "XXH3-64 of xxHash over the plain bytes, as its libraries give it; `hash` is the same function over a typed "
        "encoding. A string counts as its bytes in UTF-8. The result is the hash's 64 bits as a signed int; "
        "`modulo_bucket` takes it as unsigned.",
    .parameters = {{"x", "the text or bytes"}, {"seed", "the seed, as 64 bits"}},
    .overloads = {overload<"(x: string, seed: const int = 0) -> int", Xxh364<Text>>(),
                  overload<"(x: bytes, seed: const int = 0) -> int", Xxh364<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"xxh3_64(\"abc\")", "8696274497037089104"},
                 {"xxh3_64(\"abc\", seed = 7)", "5260018501835528466"},
                 {"xxh3_64(b\"\\x00\\xFF\")", "-6225377411875435533"}},
    .cost = {.per_row = 4.0, .per_element = 0.06},
    .aliases = "xxhash3 xxh3 XXH3_64bits xxh3_64_intdigest",
    .see_also = "hash xxh3_128 xxhash64",
    .source = "The specification of xxHash 0.8, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
