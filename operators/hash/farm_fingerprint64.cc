// farm_fingerprint64(x): FarmHash's 64-bit fingerprint.
#include "feature_extractor/city_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct FarmFingerprint64 {
  static int64_t eval(T x) { return static_cast<int64_t>(city::farm_fingerprint64(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "farm_fingerprint64",
    .summary = "Take FarmHash's 64-bit fingerprint of text or bytes",
    .detail =
        "Fingerprint64 of FarmHash, by which TensorFlow makes its hash buckets: "
        "`farm_fingerprint64(s).modulo_bucket(n)` is tf.strings.to_hash_bucket_fast. An int is written in decimal "
        "first: `farm_fingerprint64(to_string(x))`. BigQuery and OpenMLDB have it as FARM_FINGERPRINT. A string counts "
        "as its bytes in UTF-8. The result is the hash's 64 bits as a signed int; `modulo_bucket` takes it as "
        "unsigned.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", FarmFingerprint64<Text>>(),
                  overload<"(x: bytes) -> int", FarmFingerprint64<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"farm_fingerprint64(\"abc\")", "2640714258260161385"},
                 {"farm_fingerprint64(b\"\\x00\\xFF\")", "2909837915285000904"}},
    .cost = {.per_row = 4.0, .per_element = 0.12},
    .aliases =
        "farm_fingerprint farmhash farmFingerprint64 Fingerprint64 to_hash_bucket_fast string_to_hash_bucket_fast "
        "hash64 tensorflow_hash_bucket farmhash64",
    .see_also = "modulo_bucket cityhash64 siphash64 hash_bucket",
    .source = "https://github.com/google/farmhash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
