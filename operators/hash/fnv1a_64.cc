// fnv1a_64(x): FNV-1a with 64 bits.
#include "feature_extractor/fnv_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Fnv1a64 {
  static int64_t eval(T x) { return static_cast<int64_t>(fnv::fnv1a<uint64_t>(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "fnv1a_64",
    .summary = "Hash text or bytes by FNV-1a with 64 bits",
    .detail =
        "For each byte, the hash is xored with it and then multiplied by the FNV prime. A string counts as its bytes "
        "in UTF-8. The result is the hash's 64 bits as a signed int; `modulo_bucket` takes it as unsigned.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", Fnv1a64<Text>>(), overload<"(x: bytes) -> int", Fnv1a64<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"fnv1a_64(\"abc\")", "-1792535898324117685"}, {"fnv1a_64(b\"\\x00\\xFF\")", "590474061099445088"}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "fnv1a fnv_64a fnv64a FNV1a",
    .see_also = "fnv1_64 fnv1a_32 hash",
    .source = "Fowler, Noll, Vo, Eastlake: The FNV Non-Cryptographic Hash Algorithm, draft-eastlake-fnv",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
