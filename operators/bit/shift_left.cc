// shift_left(x, count): an int with its bits moved up.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ShiftLeft {
  static Nullable<int64_t> eval(int64_t x, int64_t count) {
    const uint64_t moved = static_cast<uint64_t>(x) << (count & 63);
    return Nullable<int64_t>::where(count >= 0, count < 64 ? static_cast<int64_t>(moved) : 0);
  }
};

constexpr Operator kOperator = {
    .name = "shift_left",
    .summary = "Move the bits of an int up",
    .detail =
        "Zeros come in below, and what leaves the 64 bits is lost, unlike in `x * 2 ** count`, which is null where it "
        "does not fit.",
    .parameters = {{"x", "the int"}, {"count", "by how many bits"}},
    .overloads = {overload<"(x: int, count: int) -> int", ShiftLeft>()},
    .edges = {{"`count` is negative", "null"},
              {"`count` is 64 or more", "0"},
              {"bits leave at the top", "they are lost; the sign may change"}},
    .examples = {{"shift_left(3, 4)", "48"}, {"shift_left(1, 64)", "0"}},
    .cost = {.per_row = 0.5},
    .aliases = "shiftleft bit_shift_left bitShiftLeft lshift",
    .see_also = "shift_right shift_right_unsigned slot_id",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
