// bit_count(x): how many bits of an int are set.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BitCount {
  static int64_t eval(int64_t x) { return __builtin_popcountll(static_cast<uint64_t>(x)); }
};

constexpr Operator kOperator = {
    .name = "bit_count",
    .summary = "Count the bits of an int that are set",
    .detail =
        "From 0 to 64; a negative int counts in the two's complement, so -1 has 64. Python's int.bit_count takes the "
        "magnitude instead.",
    .parameters = {{"x", "the int"}},
    .overloads = {overload<"(x: int) -> int", BitCount>()},
    .edges = {{"`x` is negative", "the bits of the two's complement"}, {"`x` is null", "null"}},
    .examples = {{"bit_count(255)", "8"}, {"bit_count(-1)", "64"}},
    .cost = {.per_row = 0.8},
    .aliases = "popcount popcnt bitCount hamming_weight bit_population",
    .see_also = "bit_and bit_xor simhash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
