// fnv1a_32(x): FNV-1a with 32 bits.
#include "feature_extractor/fnv_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Fnv1a32 {
  static int64_t eval(T x) { return static_cast<int64_t>(fnv::fnv1a<uint32_t>(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "fnv1a_32",
    .summary = "Hash text or bytes by FNV-1a with 32 bits",
    .detail =
        "For each byte, the hash is xored with it and then multiplied by the FNV prime. A string counts as its bytes "
        "in UTF-8. The result is from 0 to 2^32 - 1; `sign_extend` gives the signed form of other systems.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", Fnv1a32<Text>>(), overload<"(x: bytes) -> int", Fnv1a32<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"fnv1a_32(\"abc\")", "440920331"}, {"fnv1a_32(b\"\\x00\\xFF\")", "3531065248"}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "fnv1a32 fnv1a_hash_32",
    .see_also = "fnv1_32 fnv1a_64 hash",
    .source = "Fowler, Noll, Vo, Eastlake: The FNV Non-Cryptographic Hash Algorithm, draft-eastlake-fnv",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
