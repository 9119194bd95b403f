// sha1(x): the digest SHA-1.
#include "feature_extractor/message_digest.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Sha1Algorithm {
  static constexpr bool kBigEndian = true;
  static constexpr uint32_t kWords = 5;
  static constexpr uint32_t kStart[kWords] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

  static void change(uint32_t* state, const uint32_t* block) {
    // The words of the last sixteen rounds: word i takes the place of word i - 16.
    uint32_t words[16];
    __builtin_memcpy(words, block, sizeof(words));
    const auto next_word = [&](uint32_t i) __attribute__((always_inline)) {
      uint32_t& word = words[i & 15];
      const uint32_t mixed = words[(i + 13) & 15] ^ words[(i + 8) & 15] ^ words[(i + 2) & 15] ^ word;
      word = i < 16 ? word : digest::rotate_left(mixed, 1);
      return word;
    };
    uint32_t s[kWords];
    __builtin_memcpy(s, state, sizeof(s));
    // Twenty rounds with one function; instead of moving all words on, each round names them anew.
    const auto rounds = [&](uint32_t begin, uint32_t constant, auto function) __attribute__((always_inline)) {
      const auto round = [&](uint32_t word, uint32_t turn) __attribute__((always_inline)) {
        const auto at = [&](uint32_t k) __attribute__((always_inline)) -> uint32_t& { return s[(k + 5 - turn) % 5]; };
        at(4) += digest::rotate_left(at(0), 5) + function(at(1), at(2), at(3)) + constant + word;
        at(1) = digest::rotate_left(at(1), 30);
      };
      for (uint32_t i = begin; i < begin + 20; i += 5) {
        round(next_word(i), 0);
        round(next_word(i + 1), 1);
        round(next_word(i + 2), 2);
        round(next_word(i + 3), 3);
        round(next_word(i + 4), 4);
      }
    };
    rounds(0, 0x5A827999, [](uint32_t b, uint32_t c, uint32_t d) { return (b & c) | (~b & d); });
    rounds(20, 0x6ED9EBA1, [](uint32_t b, uint32_t c, uint32_t d) { return b ^ c ^ d; });
    rounds(40, 0x8F1BBCDC, [](uint32_t b, uint32_t c, uint32_t d) { return (b & c) | (b & d) | (c & d); });
    rounds(60, 0xCA62C1D6, [](uint32_t b, uint32_t c, uint32_t d) { return b ^ c ^ d; });
    for (uint32_t k = 0; k < kWords; ++k) state[k] += s[k];
  }
};

template <class T>
struct Sha1 {
  static Bytes eval(Arena& arena, T x) { return {digest::compute<Sha1Algorithm>(Storage<T>::to(x), arena)}; }
};

constexpr Operator kOperator = {
    .name = "sha1",
    .summary = "Take the SHA-1 digest of text or bytes",
    .detail =
        "20 bytes. A string counts as its bytes in UTF-8. SQL's sha1 writes the digest as text: `hex(sha1(x))`. SHA-1 "
        "protects nothing any more; it is here for ids that were made with it.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> bytes", Sha1<Text>>(), overload<"(x: bytes) -> bytes", Sha1<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the digest of no bytes"}},
    .examples = {{"hex(sha1(\"abc\"))", "\"a9993e364706816aba3e25717850c26c9cd0d89d\""},
                 {"hex(sha1(\"Spark\"))", "\"85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c\""}},
    .cost = {.per_row = 200.0, .per_element = 3.0},
    .aliases = "sha SHA SHA1",
    .see_also = "sha256 md5 hex",
    .source = "FIPS 180-4",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
