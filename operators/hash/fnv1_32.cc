// fnv1_32(x): FNV-1 with 32 bits.
#include "feature_extractor/fnv_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Fnv132 {
  static int64_t eval(T x) { return static_cast<int64_t>(fnv::fnv1<uint32_t>(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "fnv1_32",
    .summary = "Hash text or bytes by FNV-1 with 32 bits",
    .detail =
        "For each byte, the hash is multiplied by the FNV prime and then xored with it. A string counts as its bytes "
        "in UTF-8. The result is from 0 to 2^32 - 1; `sign_extend` gives the signed form of other systems.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", Fnv132<Text>>(), overload<"(x: bytes) -> int", Fnv132<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"fnv1_32(\"abc\")", "1134309195"}, {"fnv1_32(b\"\\x00\\xFF\")", "292984626"}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "fnv132 fnv1_hash_32",
    .see_also = "fnv1a_32 fnv1_64 hash",
    .source = "Fowler, Noll, Vo, Eastlake: The FNV Non-Cryptographic Hash Algorithm, draft-eastlake-fnv",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
