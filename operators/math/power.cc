// power(x, y): x to the power y.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct PowerInt {
  // Squaring; an exponent that has a result fits six bits, because 2^63 does not exist already.
  static Nullable<int64_t> eval(int64_t x, int64_t y) {
    const bool unit = (x >= -1) & (x <= 1);
    const int64_t parity = y == 0 ? 0 : 2 - (y & 1);
    const uint64_t exponent = static_cast<uint64_t>(unit ? parity : y) & 63;
    const bool possible = (y >= 0) & (unit | (y <= 63));
    int64_t result = 1;
    int64_t square = x;
    bool overflow = false;
    bool square_overflow = false;
    for (int bit = 0; bit < 6; ++bit) {
      int64_t product;
      const bool product_overflow = __builtin_mul_overflow(result, square, &product);
      const bool used = (exponent >> bit & 1) != 0;
      overflow |= used & (square_overflow | product_overflow);
      result = used ? product : result;
      square_overflow |= __builtin_mul_overflow(square, square, &square);
    }
    return Nullable<int64_t>::where(possible & !overflow, result);
  }
};

struct PowerFloat {
  static double eval(double x, double y) { return math::pow(x, y); }
};

constexpr Operator kOperator = {
    .name = "power",
    .summary = "Raise a number to a power",
    .detail =
        "The power of two ints is an int; write one of them as a float where a fraction or a large result is "
        "wanted.",
    .syntax = "**",
    .parameters = {{"x", "the base"}, {"y", "the exponent"}},
    .overloads = {overload<"(x: int, y: int) -> int", PowerInt>(),
                  overload<"(x: float, y: float) -> float", PowerFloat>()},
    .edges = {{"ints with a negative exponent", "null, also for a base of 1"},
              {"the result does not fit 64 bits, or is not finite", "null"},
              {"0 ** 0", "1, as in IEEE 754 and Python"},
              {"a negative float with an exponent that is not whole", "null"},
              {"0.0 with a negative exponent", "null"}},
    .examples = {{"2 ** 10", "1024"}, {"2.0 ** 0.5", "1.4142135623730951"}, {"2 ** 63", "null"}, {"2 ** -1", "null"}},
    .cost = {.per_row = 6.0},
    .aliases = "pow exponentiate",
    .see_also = "exp sqrt cbrt log",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
