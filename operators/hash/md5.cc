// md5(x): the message digest of RFC 1321.
#include "feature_extractor/message_digest.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Md5Algorithm {
  static constexpr bool kBigEndian = false;
  static constexpr uint32_t kWords = 4;
  static constexpr uint32_t kStart[kWords] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
  // floor(2^32 * |sin(i + 1)|), with i + 1 in radians.
  static constexpr uint32_t kSines[64] = {
      0xD76AA478, 0xE8C7B756, 0x242070DB, 0xC1BDCEEE, 0xF57C0FAF, 0x4787C62A, 0xA8304613, 0xFD469501,
      0x698098D8, 0x8B44F7AF, 0xFFFF5BB1, 0x895CD7BE, 0x6B901122, 0xFD987193, 0xA679438E, 0x49B40821,
      0xF61E2562, 0xC040B340, 0x265E5A51, 0xE9B6C7AA, 0xD62F105D, 0x02441453, 0xD8A1E681, 0xE7D3FBC8,
      0x21E1CDE6, 0xC33707D6, 0xF4D50D87, 0x455A14ED, 0xA9E3E905, 0xFCEFA3F8, 0x676F02D9, 0x8D2A4C8A,
      0xFFFA3942, 0x8771F681, 0x6D9D6122, 0xFDE5380C, 0xA4BEEA44, 0x4BDECFA9, 0xF6BB4B60, 0xBEBFBC70,
      0x289B7EC6, 0xEAA127FA, 0xD4EF3085, 0x04881D05, 0xD9D4D039, 0xE6DB99E5, 0x1FA27CF8, 0xC4AC5665,
      0xF4292244, 0x432AFF97, 0xAB9423A7, 0xFC93A039, 0x655B59C3, 0x8F0CCC92, 0xFFEFF47D, 0x85845DD1,
      0x6FA87E4F, 0xFE2CE6E0, 0xA3014314, 0x4E0811A1, 0xF7537E82, 0xBD3AF235, 0x2AD7D2BB, 0xEB86D391};
  static constexpr uint8_t kTurns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

  static void change(uint32_t* state, const uint32_t* block) {
    uint32_t s[kWords];
    __builtin_memcpy(s, state, sizeof(s));
    // Sixteen rounds with one function; instead of moving all words on, each round names them anew.
    const auto rounds = [&](uint32_t begin, uint32_t factor, uint32_t offset,
                            auto function) __attribute__((always_inline)) {
      const uint8_t* const turns = kTurns[begin / 16];
      const auto round = [&](uint32_t i, uint32_t turn) __attribute__((always_inline)) {
        const auto at = [&](uint32_t k) __attribute__((always_inline)) -> uint32_t& { return s[(k - turn) & 3]; };
        const uint32_t sum = at(0) + function(at(1), at(2), at(3)) + kSines[i] + block[(factor * i + offset) & 15];
        at(0) = at(1) + digest::rotate_left(sum, turns[turn]);
      };
      for (uint32_t i = begin; i < begin + 16; i += 4) {
        round(i, 0);
        round(i + 1, 1);
        round(i + 2, 2);
        round(i + 3, 3);
      }
    };
    rounds(0, 1, 0, [](uint32_t b, uint32_t c, uint32_t d) { return (b & c) | (~b & d); });
    rounds(16, 5, 1, [](uint32_t b, uint32_t c, uint32_t d) { return (b & d) | (c & ~d); });
    rounds(32, 3, 5, [](uint32_t b, uint32_t c, uint32_t d) { return b ^ c ^ d; });
    rounds(48, 7, 0, [](uint32_t b, uint32_t c, uint32_t d) { return c ^ (b | ~d); });
    for (uint32_t k = 0; k < kWords; ++k) state[k] += s[k];
  }
};

template <class T>
struct Md5 {
  static Bytes eval(Arena& arena, T x) { return {digest::compute<Md5Algorithm>(Storage<T>::to(x), arena)}; }
};

constexpr Operator kOperator = {
    .name = "md5",
    .summary = "Take the MD5 digest of text or bytes",
    .detail =
        "16 bytes. A string counts as its bytes in UTF-8. SQL's md5 writes the digest as text: `hex(md5(x))`. A bucket "
        "by the first 8 bytes is `bytes_to_int(md5(x)).modulo_bucket(n)`. MD5 protects nothing; it is here for ids "
        "that were made with it.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> bytes", Md5<Text>>(), overload<"(x: bytes) -> bytes", Md5<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the digest of no bytes"}},
    .examples = {{"hex(md5(\"abc\"))", "\"900150983cd24fb0d6963f7d28e17f72\""},
                 {"hex(md5(\"\"))", "\"d41d8cd98f00b204e9800998ecf8427e\""}},
    .cost = {.per_row = 150.0, .per_element = 2.0},
    .aliases = "MD5 md5_hex message_digest",
    .see_also = "sha256 sha1 hex bytes_to_int",
    .source = "RFC 1321",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
