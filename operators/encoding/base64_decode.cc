// base64_decode(s, alphabet): the bytes that a text in Base64 stands for.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

// 0 to 63, or 64 for a character that is not in the alphabet.
[[gnu::always_inline]] inline uint32_t value(char c, char second_last, char last) {
  if (c >= 'A' && c <= 'Z') return static_cast<uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<uint32_t>(c - 'a') + 26;
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0') + 52;
  return c == second_last ? 62 : (c == last ? 63 : 64);
}

struct Base64Decode {
  static Nullable<Bytes> eval(Arena& arena, Text s, Text alphabet) {
    const bool url = alphabet == "url";
    // Padding fills the last four characters, and may be left out.
    if (s.size() % 4 == 0 && s.ends_with('=')) s.remove_suffix(s.ends_with("==") ? 2 : 1);
    const size_t tail = s.size() % 4;
    if (tail == 1) return null;
    const size_t size = s.size() / 4 * 3 + (tail == 0 ? 0 : tail - 1);
    char* const out = arena.allocate(size + 2);
    char* to = out;
    uint32_t wrong = 0;
    for (size_t at = 0; at < s.size(); at += 4) {
      uint32_t bits = 0;
      for (size_t i = 0; i < 4; ++i) {
        const uint32_t six = at + i < s.size() ? value(s[at + i], url ? '-' : '+', url ? '_' : '/') : 0;
        wrong |= six;
        bits = bits << 6 | (six & 63);
      }
      *to++ = static_cast<char>(static_cast<uint8_t>(bits >> 16));
      *to++ = static_cast<char>(static_cast<uint8_t>(bits >> 8));
      *to++ = static_cast<char>(static_cast<uint8_t>(bits));
    }
    if (wrong > 63) return null;
    return Bytes{Text(out, size)};
  }
};

constexpr Operator kOperator = {
    .name = "base64_decode",
    .summary = "Read Base64 as bytes",
    .detail = "The padding may be left out, but not be wrong. Bits that the last character has too many are ignored.",
    .parameters = {{"s", "the text"}, {"alphabet", "\"standard\" has + and /, \"url\" has - and _"}},
    .overloads = {overload<"(s: string, alphabet: const string{\"standard\",\"url\"} = \"standard\") -> bytes?",
                           Base64Decode>()},
    .edges = {{"a character that is not in the alphabet, such as a space or a line break", "null"},
              {"one character is left over, or there is = in another place", "null"},
              {"the text is empty", "no bytes"}},
    .examples = {{"decode_utf8(base64_decode(\"Zm9vYmFy\"))", "\"foobar\""},
                 {"base64_decode(\"Zm8\")", "b\"\\x66\\x6F\""},
                 {"base64_decode(\"Zm8 \")", "null"}},
    .cost = {.per_row = 6.0, .per_element = 1.5},
    .aliases = "from_base64 unbase64 b64decode",
    .see_also = "base64_encode unhex decode_utf8",
    .source = "RFC 4648, sections 4 and 5",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
