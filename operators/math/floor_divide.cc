// floor_divide(x, y): the quotient rounded down.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct FloorDivideInt {
  static Nullable<int64_t> eval(int64_t x, int64_t y) {
    return Nullable<int64_t>::where((y != 0) & !((x == INT64_MIN) & (y == -1)), integer::divide_floored(x, y).quotient);
  }
  static void run_nullable(size_t rows, const int64_t* x, const int64_t* y, int64_t* __restrict out,
                           uint8_t* __restrict valid) {
    const auto store = [&](size_t i, int64_t quotient, int64_t) __attribute__((always_inline)) { out[i] = quotient; };
    integer::divide_floored(rows, x, y, store);
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      valid[i] &= static_cast<uint8_t>((y[i] != 0) & !((x[i] == INT64_MIN) & (y[i] == -1)));
    }
  }
};

struct FloorDivideDuration {
  static Nullable<int64_t> eval(Duration x, Duration y) { return FloorDivideInt::eval(x.microseconds, y.microseconds); }
  static void run_nullable(size_t rows, const int64_t* x, const int64_t* y, int64_t* __restrict out,
                           uint8_t* __restrict valid) {
    FloorDivideInt::run_nullable(rows, x, y, out, valid);
  }
};

struct FloorDivideFloat {
  static double eval(double x, double y) { return math::floor_divide(x, y); }
  static void run_nullable(size_t rows, const double* x, const double* y, double* out, uint8_t* __restrict valid) {
    math::floor_divide(x, y, out, rows);
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) valid[i] &= static_cast<uint8_t>(math::magnitude(out[i]) <= math::kLargest);
  }
};

constexpr Operator kOperator = {
    .name = "floor_divide",
    .summary = "Divide and round down to a whole number",
    .detail =
        "The largest whole number that is not above the exact quotient, as in Python: `-7 // 2` is -4. The "
        "quotient of two ints or of two durations is an int, of two floats a float.",
    .syntax = "//",
    .parameters = {{"x", "the dividend"}, {"y", "the divisor"}},
    .overloads = {overload<"(x: int, y: int) -> int", FloorDivideInt>(),
                  overload<"(x: float, y: float) -> float", FloorDivideFloat>(),
                  overload<"(x: duration, y: duration) -> int", FloorDivideDuration>()},
    .edges = {{"`y` is zero", "null"},
              {"the quotient does not fit 64 bits, or is not finite", "null"},
              {"the quotient of floats is 2^52 or more in magnitude", "the nearest float"}},
    .examples = {{"7 // 2", "3"}, {"-7 // 2", "-4"}, {"7.5 // 2.0", "3.0"}, {"36h // 1d", "1"}},
    .cost = {.per_row = 1.3},
    .aliases = "floordiv idiv int_div div0",
    .see_also = "divide modulo floor",
    .source = "Python Language Reference, section 6.7, Binary arithmetic operations",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
