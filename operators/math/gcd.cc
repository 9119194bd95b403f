// gcd(x, y): the greatest common divisor.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Gcd {
  static constexpr bool kRowByRow = true;
  static Nullable<int64_t> eval(int64_t x, int64_t y) {
    // As unsigned numbers, so that the least int has a magnitude. At most about 90 steps (Lame).
    uint64_t a = x < 0 ? 0 - static_cast<uint64_t>(x) : static_cast<uint64_t>(x);
    uint64_t b = y < 0 ? 0 - static_cast<uint64_t>(y) : static_cast<uint64_t>(y);
    while (b != 0) {
      const uint64_t rest = a % b;
      a = b;
      b = rest;
    }
    return Nullable<int64_t>::where(a <= static_cast<uint64_t>(INT64_MAX), static_cast<int64_t>(a));
  }
};

constexpr Operator kOperator = {
    .name = "gcd",
    .summary = "Give the greatest common divisor of two ints",
    .detail = "The greatest int that divides both, never negative. The least common multiple is `x // gcd(x, y) * y`.",
    .parameters = {{"x", "the first int"}, {"y", "the second int"}},
    .overloads = {overload<"(x: int, y: int) -> int", Gcd>()},
    .edges = {{"one of them is zero", "the magnitude of the other one"},
              {"both are zero", "0"},
              {"the result does not fit 64 bits: both are 0 or the least int", "null"}},
    .examples = {{"gcd(12, 18)", "6"}, {"gcd(-4, 6)", "2"}, {"gcd(0, 7)", "7"}},
    .cost = {.per_row = 40.0},
    .algebra = "commutative",
    .aliases = "greatest_common_divisor lcm",
    .see_also = "modulo floor_divide",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
