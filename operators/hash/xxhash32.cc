// xxhash32(x, seed): XXH32 of the plain bytes.
#include "feature_extractor/operator.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace feature_extractor {
namespace {

template <class T>
struct Xxhash32 {
  static int64_t eval(T x, int64_t seed) {
    const Text text = Storage<T>::to(x);
    return static_cast<int64_t>(XXH32(text.data(), text.size(), static_cast<uint32_t>(seed)));
  }
};

constexpr Operator kOperator = {
    .name = "xxhash32",
    .summary = "Hash text or bytes by XXH32",
    .detail =
        "XXH32 of xxHash over the plain bytes. A string counts as its bytes in UTF-8. The result is from 0 to 2^32 - "
        "1; `sign_extend` gives the signed form of other systems.",
    .parameters = {{"x", "the text or bytes"}, {"seed", "the seed"}},
    .overloads = {overload<"(x: string, seed: const int[0..4294967295] = 0) -> int", Xxhash32<Text>>(),
                  overload<"(x: bytes, seed: const int[0..4294967295] = 0) -> int", Xxhash32<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"xxhash32(\"abc\")", "852579327"},
                 {"xxhash32(\"abc\", seed = 7)", "1473238068"},
                 {"xxhash32(b\"\\x00\\xFF\")", "527166212"}},
    .cost = {.per_row = 6.0, .per_element = 0.2},
    .aliases = "xxh32 XXH32 xxHash32",
    .see_also = "xxhash64 sign_extend",
    .source = "The specification of xxHash 0.8, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
