// shift_right_unsigned(x, count): an int with its bits moved down, zeros coming in.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ShiftRightUnsigned {
  static Nullable<int64_t> eval(int64_t x, int64_t count) {
    const uint64_t moved = static_cast<uint64_t>(x) >> (count & 63);
    return Nullable<int64_t>::where(count >= 0, count < 64 ? static_cast<int64_t>(moved) : 0);
  }
};

constexpr Operator kOperator = {
    .name = "shift_right_unsigned",
    .summary = "Move the bits of an int down and fill with zeros",
    .detail =
        "The logical shift, for ids and hashes: the int counts as unsigned. `shift_right_unsigned(h, 32)` is the upper "
        "half of a hash.",
    .parameters = {{"x", "the int"}, {"count", "by how many bits"}},
    .overloads = {overload<"(x: int, count: int) -> int", ShiftRightUnsigned>()},
    .edges = {{"`count` is negative", "null"}, {"`count` is 64 or more", "0"}},
    .examples = {{"shift_right_unsigned(-1, 60)", "15"}, {"shift_right_unsigned(48, 4)", "3"}},
    .cost = {.per_row = 0.5},
    .aliases = "shiftrightunsigned unsigned_shift_right logical_shift bitwise_right_shift",
    .see_also = "shift_right shift_left slot_of",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
