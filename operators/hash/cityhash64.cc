// cityhash64(x, seed): CityHash64, version 1.1.
#include "feature_extractor/city_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct CityHash {
  static int64_t eval(T x) { return static_cast<int64_t>(city::cityhash64(Storage<T>::to(x))); }
};

template <class T>
struct SeededCityHash {
  static int64_t eval(T x, int64_t seed) {
    return static_cast<int64_t>(city::cityhash64(Storage<T>::to(x), static_cast<uint64_t>(seed)));
  }
};

constexpr Operator kOperator = {
    .name = "cityhash64",
    .summary = "Hash text or bytes by CityHash64",
    .detail =
        "CityHash64 of version 1.1, or CityHash64WithSeed. ClickHouse's cityHash64 is of version 1.0.2 and gives other "
        "values. A string counts as its bytes in UTF-8. The result is the hash's 64 bits as a signed int; "
        "`modulo_bucket` takes it as unsigned.",
    .parameters = {{"x", "the text or bytes"},
                   {"seed", "the seed of CityHash64WithSeed, as 64 bits; without it, CityHash64"}},
    .overloads = {overload<"(x: string) -> int", CityHash<Text>>(), overload<"(x: bytes) -> int", CityHash<Bytes>>(),
                  overload<"(x: string, seed: const int) -> int", SeededCityHash<Text>>(),
                  overload<"(x: bytes, seed: const int) -> int", SeededCityHash<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"cityhash64(\"abc\")", "2640714258260161385"},
                 {"cityhash64(\"abc\", seed = 1234567)", "8359808129355920902"},
                 {"cityhash64(b\"\\x00\\xFF\")", "2909837915285000904"}},
    .cost = {.per_row = 4.0, .per_element = 0.12},
    .aliases = "CityHash64 CityHash64WithSeed city_hash_64",
    .see_also = "farm_fingerprint64 cityhash128",
    .source = "https://github.com/google/cityhash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
