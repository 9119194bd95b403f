// murmur2_64(x, seed): MurmurHash64A of the plain bytes.
#include "feature_extractor/murmur_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Murmur264 {
  static int64_t eval(T x, int64_t seed) {
    return static_cast<int64_t>(murmur::murmur2_64(Storage<T>::to(x), static_cast<uint64_t>(seed)));
  }
};

constexpr Operator kOperator = {
    .name = "murmur2_64",
    .summary = "Hash text or bytes by MurmurHash64A",
    .detail =
        "MurmurHash2 for 64-bit machines. With the seed 3339675911 it is what GNU's C++ library computes in std::hash "
        "of a string, and so what PAI's feature generator (pyfg) does with `hash_bucket_size` when it is not told to "
        "use FarmHash. A string counts as its bytes in UTF-8. The result is the hash's 64 bits as a signed int; "
        "`modulo_bucket` takes it as unsigned.",
    .parameters = {{"x", "the text or bytes"}, {"seed", "the seed, as 64 bits"}},
    .overloads = {overload<"(x: string, seed: const int = 0) -> int", Murmur264<Text>>(),
                  overload<"(x: bytes, seed: const int = 0) -> int", Murmur264<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"murmur2_64(\"abc\")", "-7148968302806999301"},
                 {"murmur2_64(\"abc\", seed = 3339675911)", "3663726644998027833"},
                 {"murmur2_64(b\"\\x00\\xFF\")", "824242692844050981"}},
    .cost = {.per_row = 5.0, .per_element = 0.3},
    .aliases = "MurmurHash64A murmurHash2_64 gccMurmurHash std_hash pyfg_hash",
    .see_also = "murmur3_128 murmur2_32 farm_fingerprint64",
    .source = "https://github.com/aappleby/smhasher",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
