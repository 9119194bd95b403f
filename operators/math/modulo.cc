// modulo(x, y): the remainder of floored division.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ModuloInt {
  static Nullable<int64_t> eval(int64_t x, int64_t y) {
    return Nullable<int64_t>::where(y != 0, integer::divide_floored(x, y).remainder);
  }
  static void run_nullable(size_t rows, const int64_t* x, const int64_t* y, int64_t* __restrict out,
                           uint8_t* __restrict valid) {
    const auto store = [&](size_t i, int64_t, int64_t remainder) __attribute__((always_inline)) { out[i] = remainder; };
    integer::divide_floored(rows, x, y, store);
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) valid[i] &= static_cast<uint8_t>(y[i] != 0);
  }
};

struct ModuloDuration {
  static Nullable<Duration> eval(Duration x, Duration y) {
    const Nullable<int64_t> remainder = ModuloInt::eval(x.microseconds, y.microseconds);
    return Nullable<Duration>::where(remainder.has_value(), {*remainder});
  }
  static void run_nullable(size_t rows, const int64_t* x, const int64_t* y, int64_t* __restrict out,
                           uint8_t* __restrict valid) {
    ModuloInt::run_nullable(rows, x, y, out, valid);
  }
};

struct ModuloFloat {
  static double eval(double x, double y) { return math::modulo(x, y); }
  static void run_nullable(size_t rows, const double* x, const double* y, double* out, uint8_t* __restrict valid) {
    math::modulo(x, y, out, rows);
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) valid[i] &= static_cast<uint8_t>(math::magnitude(out[i]) <= math::kLargest);
  }
};

constexpr Operator kOperator = {
    .name = "modulo",
    .summary = "Give the remainder of a division that rounds down",
    .detail =
        "The result has the sign of `y`, as in Python: `-7 % 3` is 2. So `x % y` stays within 0 and `y`, also "
        "for a negative `x`. `x == (x // y) * y + x % y` holds for ints.",
    .syntax = "%",
    .parameters = {{"x", "the dividend"}, {"y", "the divisor"}},
    .overloads = {overload<"(x: int, y: int) -> int", ModuloInt>(),
                  overload<"(x: float, y: float) -> float", ModuloFloat>(),
                  overload<"(x: duration, y: duration) -> duration", ModuloDuration>()},
    .edges = {{"`y` is zero", "null"},
              {"`x` is negative and `y` positive", "positive or zero; C, Java and Spark's `%` give a negative number"},
              {"floats", "the remainder is exact; moving a negative one up by `y` rounds, and may give `y` itself"}},
    .examples = {{"7 % 3", "1"}, {"-7 % 3", "2"}, {"7 % -3", "-2"}, {"25h % 1d", "1h"}},
    .cost = {.per_row = 1.3},
    .aliases = "mod pmod fmod remainder rem",
    .see_also = "floor_divide hash_bucket",
    .source = "Python Language Reference, section 6.7, Binary arithmetic operations",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
