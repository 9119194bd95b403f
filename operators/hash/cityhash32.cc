// cityhash32(x): CityHash32.
#include "feature_extractor/city_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Cityhash32 {
  static int64_t eval(T x) { return static_cast<int64_t>(city::cityhash32(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "cityhash32",
    .summary = "Hash text or bytes by CityHash32",
    .detail =
        "CityHash32 of version 1.1. A string counts as its bytes in UTF-8. The result is from 0 to 2^32 - 1; "
        "`sign_extend` gives the signed form of other systems.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", Cityhash32<Text>>(),
                  overload<"(x: bytes) -> int", Cityhash32<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"cityhash32(\"abc\")", "795041479"}, {"cityhash32(b\"\\x00\\xFF\")", "2733589675"}},
    .cost = {.per_row = 5.0, .per_element = 0.3},
    .aliases = "CityHash32 city_hash_32",
    .see_also = "cityhash64 farm_fingerprint32",
    .source = "https://github.com/google/cityhash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
