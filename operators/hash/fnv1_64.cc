// fnv1_64(x): FNV-1 with 64 bits.
#include "feature_extractor/fnv_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Fnv164 {
  static int64_t eval(T x) { return static_cast<int64_t>(fnv::fnv1<uint64_t>(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "fnv1_64",
    .summary = "Hash text or bytes by FNV-1 with 64 bits",
    .detail =
        "For each byte, the hash is multiplied by the FNV prime and then xored with it. A string counts as its bytes "
        "in UTF-8. The result is the hash's 64 bits as a signed int; `modulo_bucket` takes it as unsigned.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", Fnv164<Text>>(), overload<"(x: bytes) -> int", Fnv164<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"fnv1_64(\"abc\")", "-2820157060406071861"}, {"fnv1_64(b\"\\x00\\xFF\")", "590684067820433170"}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "fnv1 fnv_64 fnv64 FNV1",
    .see_also = "fnv1a_64 fnv1_32 hash",
    .source = "Fowler, Noll, Vo, Eastlake: The FNV Non-Cryptographic Hash Algorithm, draft-eastlake-fnv",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
