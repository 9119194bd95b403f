// decode_utf8(b): the text that bytes are in UTF-8.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct DecodeUtf8 {
  static Nullable<Text> eval(Bytes b) {
    if (text::is_ascii(b.value)) return b.value;
    const char* at = b.value.data();
    const char* const end = at + b.value.size();
    while (at < end) {
      if (static_cast<uint8_t>(*at) < 0x80) {
        ++at;
        continue;
      }
      const text::Decoded next = text::decode(at, end);
      if (next.size == 1) return null;  // A byte that starts no code point.
      at += next.size;
    }
    return b.value;
  }
};

constexpr Operator kOperator = {
    .name = "decode_utf8",
    .summary = "Read bytes as text in UTF-8",
    .parameters = {{"b", "the bytes"}},
    .overloads = {overload<"(b: bytes) -> string?", DecodeUtf8>()},
    .edges = {{"the bytes are not UTF-8", "null; nothing is replaced"},
              {"overlong forms, surrogates, numbers above U+10FFFF", "null: they are not UTF-8"},
              {"there are no bytes", "an empty text"}},
    .examples = {{"decode_utf8(b\"\\xC3\\xA9\")", "\"é\""}, {"decode_utf8(b\"\\xFF\")", "null"}},
    .cost = {.per_row = 4.0, .per_element = 0.7},
    .aliases = "from_utf8 decode bytes_to_string to_text utf8_decode",
    .see_also = "to_bytes unhex base64_decode",
    .source = "RFC 3629",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
