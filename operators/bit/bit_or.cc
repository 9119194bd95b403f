// bit_or(x, y): the bits that one of two ints has.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BitOr {
  static int64_t eval(int64_t x, int64_t y) { return x | y; }
};

constexpr Operator kOperator = {
    .name = "bit_or",
    .summary = "Keep the bits that at least one of two ints has",
    .detail = "The 64 bits of the two's complement, so -1 has all of them.",
    .parameters = {{"x", "an int"}, {"y", "another"}},
    .overloads = {overload<"(x: int, y: int) -> int", BitOr>()},
    .edges = {{"an argument is negative", "its bits are those of the two's complement"},
              {"an argument is null", "null"}},
    .examples = {{"bit_or(12, 10)", "14"}, {"bit_or(1, 0)", "1"}},
    .cost = {.per_row = 0.5},
    .algebra = "commutative associative idempotent",
    .aliases = "bitwise_or bitor bor bitOr or_bits",
    .see_also = "bit_and bit_xor shift_left",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
