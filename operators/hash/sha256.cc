// sha256(x): the digest SHA-256.
#include "feature_extractor/message_digest.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Sha256Algorithm {
  static constexpr bool kBigEndian = true;
  static constexpr uint32_t kWords = 8;
  // The first 32 bits of the fractional parts of the square roots of the first 8 primes, and of the cube roots of the
  // first 64.
  static constexpr uint32_t kStart[kWords] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                              0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
  static constexpr uint32_t kRoots[64] = {
      0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
      0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
      0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
      0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
      0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
      0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
      0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
      0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

  static uint32_t rotate_right(uint32_t x, int by) { return digest::rotate_left(x, 32 - by); }

  static void change(uint32_t* state, const uint32_t* block) {
    uint32_t words[64];
    __builtin_memcpy(words, block, 16 * sizeof(uint32_t));
    for (uint32_t i = 16; i < 64; ++i) {
      const uint32_t near = words[i - 2];
      const uint32_t far = words[i - 15];
      words[i] = words[i - 16] + words[i - 7] + (rotate_right(far, 7) ^ rotate_right(far, 18) ^ far >> 3) +
                 (rotate_right(near, 17) ^ rotate_right(near, 19) ^ near >> 10);
    }
    uint32_t s[kWords];
    __builtin_memcpy(s, state, sizeof(s));
    // Instead of moving all words on, each round names them anew; after eight rounds they stand where they were.
    const auto round = [&](uint32_t i, uint32_t turn) __attribute__((always_inline)) {
      const auto at = [&](uint32_t k) __attribute__((always_inline)) -> uint32_t& { return s[(k - turn) & 7]; };
      const uint32_t e = at(4);
      const uint32_t a = at(0);
      const uint32_t chosen = (e & at(5)) ^ (~e & at(6));
      const uint32_t majority = (a & at(1)) ^ (a & at(2)) ^ (at(1) & at(2));
      const uint32_t first =
          at(7) + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) + chosen + kRoots[i] + words[i];
      at(3) += first;
      at(7) = first + (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) + majority;
    };
    for (uint32_t i = 0; i < 64; i += 8) {
      [&]<uint32_t... kTurn>(std::integer_sequence<uint32_t, kTurn...>)
          __attribute__((always_inline)) { (round(i + kTurn, kTurn), ...); }(std::make_integer_sequence<uint32_t, 8>{});
    }
    for (uint32_t k = 0; k < kWords; ++k) state[k] += s[k];
  }
};

template <class T>
struct Sha256 {
  static Bytes eval(Arena& arena, T x) { return {digest::compute<Sha256Algorithm>(Storage<T>::to(x), arena)}; }
};

constexpr Operator kOperator = {
    .name = "sha256",
    .summary = "Take the SHA-256 digest of text or bytes",
    .detail =
        "32 bytes. A string counts as its bytes in UTF-8. SQL's sha2(x, 256) writes the digest as text: "
        "`hex(sha256(x))`. A bucket by the first 8 bytes is `bytes_to_int(sha256(x)).modulo_bucket(n)`.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> bytes", Sha256<Text>>(), overload<"(x: bytes) -> bytes", Sha256<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the digest of no bytes"}},
    .examples = {{"hex(sha256(\"abc\"))", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""},
                 {"hex(sha256(\"Spark\"))", "\"529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b\""}},
    .cost = {.per_row = 350.0, .per_element = 5.0},
    .aliases = "sha2 SHA2 SHA256",
    .see_also = "md5 sha1 hex bytes_to_int",
    .source = "FIPS 180-4",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
