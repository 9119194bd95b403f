// bit_and(x, y): the bits that both ints have.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BitAnd {
  static int64_t eval(int64_t x, int64_t y) { return x & y; }
};

constexpr Operator kOperator = {
    .name = "bit_and",
    .summary = "Keep the bits that both ints have",
    .detail = "The 64 bits of the two's complement, so -1 has all of them.",
    .parameters = {{"x", "an int"}, {"y", "another"}},
    .overloads = {overload<"(x: int, y: int) -> int", BitAnd>()},
    .edges = {{"an argument is negative", "its bits are those of the two's complement"},
              {"an argument is null", "null"}},
    .examples = {{"bit_and(12, 10)", "8"}, {"bit_and(-1, 255)", "255"}},
    .cost = {.per_row = 0.5},
    .algebra = "commutative associative idempotent",
    .aliases = "bitwise_and bitand band bitAnd and_bits",
    .see_also = "bit_or bit_xor bit_not shift_right",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
