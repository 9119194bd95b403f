// shift_right(x, count): an int with its bits moved down, sign kept.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ShiftRight {
  static Nullable<int64_t> eval(int64_t x, int64_t count) {
    return Nullable<int64_t>::where(count >= 0, x >> (count < 64 ? count & 63 : 63));
  }
};

constexpr Operator kOperator = {
    .name = "shift_right",
    .summary = "Move the bits of an int down and keep the sign",
    .detail = "The arithmetic shift: floor(x / 2^count).",
    .parameters = {{"x", "the int"}, {"count", "by how many bits"}},
    .overloads = {overload<"(x: int, count: int) -> int", ShiftRight>()},
    .edges = {{"`count` is negative", "null"}, {"`count` is 64 or more", "0, or -1 where `x` is negative"}},
    .examples = {{"shift_right(48, 4)", "3"}, {"shift_right(-1, 4)", "-1"}},
    .cost = {.per_row = 0.5},
    .aliases = "shiftright bit_shift_right bitShiftRight rshift arithmetic_shift",
    .see_also = "shift_right_unsigned shift_left floor_divide",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
