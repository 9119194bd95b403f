// siphash64(x, key_low, key_high): SipHash-2-4.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SipState {
  uint64_t v0, v1, v2, v3;

  SipState(uint64_t low, uint64_t high)
      : v0(low ^ 0x736F6D6570736575u),  // "somepseudorandomlygeneratedbytes"
        v1(high ^ 0x646F72616E646F6Du),
        v2(low ^ 0x6C7967656E657261u),
        v3(high ^ 0x7465646279746573u) {}

  static uint64_t rotate(uint64_t x, int left) { return x << left | x >> (64 - left); }
  void round() {
    v0 += v1;
    v2 += v3;
    v1 = rotate(v1, 13) ^ v0;
    v3 = rotate(v3, 16) ^ v2;
    v0 = rotate(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = rotate(v1, 17) ^ v2;
    v3 = rotate(v3, 21) ^ v0;
    v2 = rotate(v2, 32);
  }
  void take(uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  uint64_t finished() {
    v2 ^= 0xFF;
    for (int i = 0; i < 4; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

template <class T>
struct SipHash {
  static int64_t eval(T x, int64_t key_low, int64_t key_high) {
    const Text text = Storage<T>::to(x);
    SipState state(static_cast<uint64_t>(key_low), static_cast<uint64_t>(key_high));
    const char* at = text.data();
    size_t left = text.size();
    for (; left >= 8; left -= 8, at += 8) {
      uint64_t word;
      __builtin_memcpy(&word, at, sizeof(word));
      state.take(word);
    }
    uint64_t last = static_cast<uint64_t>(text.size()) << 56;  // The size modulo 256 in the highest byte.
    for (size_t i = 0; i < left; ++i) last |= static_cast<uint64_t>(static_cast<uint8_t>(at[i])) << (8 * i);
    state.take(last);
    return static_cast<int64_t>(state.finished());
  }
};

constexpr Operator kOperator = {
    .name = "siphash64",
    .summary = "Hash text or bytes by SipHash-2-4 under a key",
    .detail =
        "A hash whose collisions nobody can find without the key. tf.strings.to_hash_bucket_strong(s, n, [k1, k2]) is "
        "`siphash64(s, k1, k2).modulo_bucket(n)`; ClickHouse's sipHash64 has the key 0, 0. A string counts as its "
        "bytes in UTF-8. The result is the hash's 64 bits as a signed int; `modulo_bucket` takes it as unsigned.",
    .parameters = {{"x", "the text or bytes"},
                   {"key_low", "the first 8 bytes of the key, little endian"},
                   {"key_high", "the last 8 bytes of the key"}},
    .overloads = {overload<"(x: string, key_low: const int = 0, key_high: const int = 0) -> int", SipHash<Text>>(),
                  overload<"(x: bytes, key_low: const int = 0, key_high: const int = 0) -> int", SipHash<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"siphash64(\"a\", 98765, 132)", "7157389809176466784"},
                 {"siphash64(\"a\", 98765, 132).modulo_bucket(10)", "4"}},
    .cost = {.per_row = 12.0, .per_element = 1.0},
    .aliases =
        "siphash sip_hash SipHash24 sipHash64 to_hash_bucket_strong string_to_hash_bucket_strong sigrid_hash "
        "StrongKeyedHash",
    .see_also = "farm_fingerprint64 hash modulo_bucket",
    .source = "Aumasson, Bernstein: SipHash, a fast short-input PRF (2012)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
