// base64_encode(b, alphabet, padding): bytes as text of 64 characters.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Base64Encode {
  static Nullable<Text> eval(Arena& arena, Bytes b, Text alphabet, bool padding) {
    const char* const characters = alphabet == "url"
                                       ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                                       : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t size = b.value.size();
    if (size > text::kMaximumSize / 4 * 3) return null;
    const auto* at = reinterpret_cast<const uint8_t*>(b.value.data());
    char* const out = arena.allocate((size + 2) / 3 * 4);
    char* to = out;
    size_t left = size;
    for (; left >= 3; left -= 3, at += 3) {
      const uint32_t bits = static_cast<uint32_t>(at[0]) << 16 | static_cast<uint32_t>(at[1]) << 8 | at[2];
      for (int i = 0; i < 4; ++i) *to++ = characters[bits >> (18 - 6 * i) & 63];
    }
    if (left > 0) {
      const uint32_t bits = static_cast<uint32_t>(at[0]) << 16 | (left == 2 ? static_cast<uint32_t>(at[1]) << 8 : 0u);
      for (size_t i = 0; i <= left; ++i) *to++ = characters[bits >> (18 - 6 * i) & 63];
      for (size_t i = left; padding && i < 3; ++i) *to++ = '=';
    }
    return Text(out, static_cast<size_t>(to - out));
  }
};

constexpr Operator kOperator = {
    .name = "base64_encode",
    .summary = "Write bytes as Base64",
    .detail = "Four characters for three bytes, without line breaks. For a text: `base64_encode(to_bytes(s))`.",
    .parameters = {{"b", "the bytes"},
                   {"alphabet", "\"standard\" has + and /, \"url\" has - and _"},
                   {"padding", "whether the last four characters are filled up with ="}},
    .overloads = {overload<"(b: bytes, alphabet: const string{\"standard\",\"url\"} = \"standard\", "
                           "padding: const bool = true) -> string",
                           Base64Encode>()},
    .edges = {{"there are no bytes", "an empty text"}, {"there are more than 786,432 bytes", "null"}},
    .examples = {{"base64_encode(to_bytes(\"foobar\"))", "\"Zm9vYmFy\""},
                 {"base64_encode(to_bytes(\"fo\"))", "\"Zm8=\""},
                 {"base64_encode(b\"\\xFF\\xEF\", \"url\", padding = false)", "\"_-8\""}},
    .cost = {.per_row = 6.0, .per_element = 0.8},
    .aliases = "base64 to_base64 b64encode base64_url",
    .see_also = "base64_decode hex to_bytes",
    .source = "RFC 4648, sections 4 and 5",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
