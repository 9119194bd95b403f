// hex(b): bytes as hexadecimal digits.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Hex {
  static Nullable<Text> eval(Arena& arena, Bytes b) {
    const size_t size = b.value.size();
    if (size > text::kMaximumSize / 2) return null;
    char* const out = arena.allocate(2 * size);
    for (size_t i = 0; i < size; ++i) {
      const auto byte = static_cast<uint8_t>(b.value[i]);
      out[2 * i] = "0123456789abcdef"[byte >> 4];
      out[2 * i + 1] = "0123456789abcdef"[byte & 15];
    }
    return Text(out, 2 * size);
  }
};

constexpr Operator kOperator = {
    .name = "hex",
    .summary = "Write bytes as hexadecimal digits",
    .detail = "Two digits per byte, in small letters; `upper` makes capitals of them. For a text: `hex(to_bytes(s))`.",
    .parameters = {{"b", "the bytes"}},
    .overloads = {overload<"(b: bytes) -> string", Hex>()},
    .edges = {{"there are no bytes", "an empty text"}, {"the result has more than 1,048,576 bytes", "null"}},
    .examples = {{"hex(b\"\\x00\\xFF\")", "\"00ff\""}, {"hex(to_bytes(\"é\"))", "\"c3a9\""}},
    .cost = {.per_row = 5.0, .per_element = 0.8},
    .aliases = "to_hex hexlify hex_encode base16",
    .see_also = "unhex base64_encode md5 to_bytes",
    .source = "RFC 4648, section 8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
