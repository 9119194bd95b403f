// to_bytes(x): the bytes of a text or a number.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the bytes are taken from the machine's order");

struct BytesOfText {
  static Bytes eval(Text x) { return {x}; }
};

inline Bytes written(Arena& arena, uint64_t word, size_t size, Text order) {
  if (order == "big") word = __builtin_bswap64(word) >> (64 - 8 * size);
  char* const out = arena.allocate(sizeof(word));
  __builtin_memcpy(out, &word, sizeof(word));
  return {Text(out, size)};
}

struct BytesOfInt {
  static Bytes eval(Arena& arena, int64_t x, int64_t size, Text order) {
    // The range of `size` is checked when the program is compiled.
    return written(arena, static_cast<uint64_t>(x), size >= 1 && size <= 8 ? static_cast<size_t>(size) : 8, order);
  }
};

struct BytesOfFloat {
  static Bytes eval(Arena& arena, double x, Text order) {
    return written(arena, __builtin_bit_cast(uint64_t, x + 0.0), 8, order);
  }
};

constexpr Operator kOperator = {
    .name = "to_bytes",
    .summary = "Take the bytes of a text or a number",
    .detail =
        "A text gives its UTF-8. An int gives its lowest `size` bytes in the two's complement, a float the 8 bytes of "
        "its IEEE 754 form. Other systems hash numbers so: `farm_fingerprint64(to_bytes(x, 4))` is OpenMLDB's hash64 "
        "of an int.",
    .parameters = {{"x", "the text or number"},
                   {"size", "how many bytes of the int"},
                   {"order", "\"little\": the lowest byte comes first; \"big\": the highest"}},
    .overloads =
        {overload<"(x: string) -> bytes", BytesOfText>(),
         overload<"(x: int, size: const int[1..8] = 8, order: const string{\"little\",\"big\"} = \"little\") "
                  "-> bytes",
                  BytesOfInt>(),
         overload<"(x: float, order: const string{\"little\",\"big\"} = \"little\") -> bytes", BytesOfFloat>()},
    .edges = {{"`x` is null", "null"},
              {"the int does not fit `size` bytes", "its highest bits are left out"},
              {"-0.0", "the bytes of 0.0, since it is the same number"}},
    .examples = {{"to_bytes(\"é\")", "b\"\\xC3\\xA9\""},
                 {"to_bytes(258, 4)", "b\"\\x02\\x01\\x00\\x00\""},
                 {"to_bytes(258, 2, \"big\")", "b\"\\x01\\x02\""}},
    .cost = {.per_row = 4.0},
    .aliases = "encode encode_utf8 to_utf8 to_binary as_bytes int_to_bytes to_ieee754_64 to_big_endian_64",
    .see_also = "decode_utf8 bytes_to_int hex",
    .source = "RFC 3629; IEEE 754-2019",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
