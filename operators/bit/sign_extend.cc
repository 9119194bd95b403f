// sign_extend(x, bits): the low bits of an int as a signed number.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SignExtend {
  static int64_t eval(int64_t x, int64_t bits) {
    // The range of `bits` is checked when the program is compiled; the mask keeps the shift defined whatever comes here.
    const auto above = static_cast<int>((64 - bits) & 63);
    return static_cast<int64_t>(static_cast<uint64_t>(x) << above) >> above;
  }
};

constexpr Operator kOperator = {
    .name = "sign_extend",
    .summary = "Read the low bits of an int as a signed number",
    .detail =
        "The lowest `bits` bits as a number in the two's complement. With 32 it makes of an unsigned 32-bit hash what "
        "systems with a signed int show: `sign_extend(murmur3_32(s))` is mmh3.hash(s).",
    .parameters = {{"x", "the int"}, {"bits", "how many bits the number has"}},
    .overloads = {overload<"(x: int, bits: const int[1..64] = 32) -> int", SignExtend>()},
    .edges = {{"`bits` is 64", "`x` as it is"}, {"bits above", "are left out"}},
    .examples = {{"sign_extend(4294967295)", "-1"}, {"sign_extend(200, 8)", "-56"}},
    .cost = {.per_row = 0.5},
    .aliases = "to_signed signed as_int32 to_int32",
    .see_also = "murmur3_32 bit_and shift_right",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
