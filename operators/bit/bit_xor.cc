// bit_xor(x, y): the bits in which two ints differ.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BitXor {
  static int64_t eval(int64_t x, int64_t y) { return x ^ y; }
};

constexpr Operator kOperator = {
    .name = "bit_xor",
    .summary = "Keep the bits that exactly one of two ints has",
    .detail =
        "The 64 bits of the two's complement, so -1 has all of them. The Hamming distance of two ints is "
        "`bit_count(bit_xor(x, y))`.",
    .parameters = {{"x", "an int"}, {"y", "another"}},
    .overloads = {overload<"(x: int, y: int) -> int", BitXor>()},
    .edges = {{"an argument is negative", "its bits are those of the two's complement"},
              {"an argument is null", "null"}},
    .examples = {{"bit_xor(12, 10)", "6"}, {"bit_count(bit_xor(7, 4))", "2"}},
    .cost = {.per_row = 0.5},
    .algebra = "commutative associative",
    .aliases = "bitwise_xor bitxor bxor bitXor xor_bits",
    .see_also = "bit_count bit_and bit_or simhash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
