// farm_fingerprint32(x): FarmHash's 32-bit fingerprint.
#include "feature_extractor/city_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct FarmFingerprint32 {
  static int64_t eval(T x) { return static_cast<int64_t>(city::farm_fingerprint32(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "farm_fingerprint32",
    .summary = "Take FarmHash's 32-bit fingerprint of text or bytes",
    .detail =
        "Fingerprint32 of FarmHash. A string counts as its bytes in UTF-8. The result is from 0 to 2^32 - 1; "
        "`sign_extend` gives the signed form of other systems.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", FarmFingerprint32<Text>>(),
                  overload<"(x: bytes) -> int", FarmFingerprint32<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"farm_fingerprint32(\"abc\")", "795041479"}, {"farm_fingerprint32(b\"\\x00\\xFF\")", "2733589675"}},
    .cost = {.per_row = 5.0, .per_element = 0.25},
    .aliases = "Fingerprint32 farmhash32 farmHash32",
    .see_also = "farm_fingerprint64 cityhash32",
    .source = "https://github.com/google/farmhash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
