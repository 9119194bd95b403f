// base64_decode(s, alphabet): the bytes that a text in Base64 stands for.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

// What each character stands for: 0 to 63, or 64 for one that is not in the alphabet.
struct Values {
  uint8_t of[256];

  constexpr Values(char second_last, char last) : of() {
    for (uint8_t& value : of) value = 64;
    for (uint8_t i = 0; i < 26; ++i) {
      of['A' + i] = i;
      of['a' + i] = static_cast<uint8_t>(26 + i);
    }
    for (uint8_t i = 0; i < 10; ++i) of['0' + i] = static_cast<uint8_t>(52 + i);
    of[static_cast<uint8_t>(second_last)] = 62;
    of[static_cast<uint8_t>(last)] = 63;
  }
};

constexpr Values kStandard('+', '/');
constexpr Values kUrl('-', '_');

struct Base64Decode {
  static Nullable<Bytes> eval(Arena& arena, Text s, Text alphabet) {
    const uint8_t* const values = alphabet == "url" ? kUrl.of : kStandard.of;
    // Padding fills the last four characters, and may be left out.
    if (s.size() % 4 == 0 && s.ends_with('=')) s.remove_suffix(s.ends_with("==") ? 2 : 1);
    const size_t tail = s.size() % 4;
    if (tail == 1) return null;
    const size_t size = s.size() / 4 * 3 + (tail == 0 ? 0 : tail - 1);
    char* const out = arena.allocate(size + 2);
    char* to = out;
    uint32_t wrong = 0;
    const auto* from = reinterpret_cast<const uint8_t*>(s.data());
    const auto write = [&](uint32_t a, uint32_t b, uint32_t c, uint32_t d) __attribute__((always_inline)) {
      wrong |= a | b | c | d;
      to[0] = static_cast<char>(static_cast<uint8_t>(a << 2 | b >> 4));
      to[1] = static_cast<char>(static_cast<uint8_t>(b << 4 | c >> 2));
      to[2] = static_cast<char>(static_cast<uint8_t>(c << 6 | d));
      to += 3;
    };
    for (size_t groups = s.size() / 4; groups > 0; --groups, from += 4) {
      write(values[from[0]], values[from[1]], values[from[2]], values[from[3]]);
    }
    if (tail != 0) write(values[from[0]], values[from[1]], tail == 3 ? values[from[2]] : 0, 0);
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
