// cityhash128(x, half): half of CityHash128.
#include "feature_extractor/city_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Cityhash128 {
  static int64_t eval(T x, Text half) {
    const Text text = Storage<T>::to(x);
    const city::Pair hash = city::cityhash128(text);
    return static_cast<int64_t>(half == "high" ? hash.high : hash.low);
  }
};

constexpr Operator kOperator = {
    .name = "cityhash128",
    .summary = "Hash text or bytes by CityHash128",
    .detail =
        "CityHash128 of version 1.1, which is also FarmHash's Fingerprint128. A string counts as its bytes in UTF-8. "
        "Each half is a signed int.",
    .parameters = {{"x", "the text or bytes"}, {"half", "which 64 of the 128 bits"}},
    .overloads = {overload<"(x: string, half: const string{\"low\",\"high\"} = \"low\") -> int", Cityhash128<Text>>(),
                  overload<"(x: bytes, half: const string{\"low\",\"high\"} = \"low\") -> int", Cityhash128<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"cityhash128(\"abc\")", "4143508125394299908"},
                 {"cityhash128(\"abc\", \"high\")", "-6879828354153669051"},
                 {"cityhash128(b\"\\x00\\xFF\")", "-3230266334737657870"}},
    .cost = {.per_row = 10.0, .per_element = 0.12},
    .aliases = "CityHash128 farm_fingerprint128 Fingerprint128 tf_fingerprint128",
    .see_also = "cityhash64 farm_fingerprint64",
    .source = "https://github.com/google/cityhash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
