// unhex(s): the bytes that hexadecimal digits stand for.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

// 0 to 15, or more than that for a character that is no digit.
[[gnu::always_inline]] inline uint32_t digit(char c) {
  const auto byte = static_cast<uint8_t>(c);
  const uint32_t decimal = byte - uint32_t{'0'};
  const uint32_t letter = (byte | 0x20u) - uint32_t{'a'};
  return decimal < 10 ? decimal : (letter < 6 ? letter + 10 : 16);
}

struct Unhex {
  static Nullable<Bytes> eval(Arena& arena, Text s) {
    if (s.size() % 2 != 0) return null;
    const size_t size = s.size() / 2;
    char* const out = arena.allocate(size);
    uint32_t wrong = 0;
    for (size_t i = 0; i < size; ++i) {
      const uint32_t high = digit(s[2 * i]);
      const uint32_t low = digit(s[2 * i + 1]);
      wrong |= high | low;
      out[i] = static_cast<char>(static_cast<uint8_t>(high << 4 | low));
    }
    if (wrong > 15) return null;
    return Bytes{Text(out, size)};
  }
};

constexpr Operator kOperator = {
    .name = "unhex",
    .summary = "Read hexadecimal digits as bytes",
    .detail = "Two digits per byte, in small or capital letters.",
    .parameters = {{"s", "the digits"}},
    .overloads = {overload<"(s: string) -> bytes?", Unhex>()},
    .edges = {{"another character, or an odd number of digits", "null"}, {"the text is empty", "no bytes"}},
    .examples = {{"unhex(\"00fF\")", "b\"\\x00\\xFF\""}, {"unhex(\"0x00\")", "null"}},
    .cost = {.per_row = 5.0, .per_element = 0.8},
    .aliases = "from_hex unhexlify hex_decode",
    .see_also = "hex base64_decode bytes_to_int",
    .source = "RFC 4648, section 8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
