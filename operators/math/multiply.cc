// multiply(x, y): the product.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct MultiplyInt {
  static Nullable<int64_t> eval(int64_t x, int64_t y) {
    const uint64_t product = static_cast<uint64_t>(x) * static_cast<uint64_t>(y);
    // The product that wrapped around is off by a multiple of 2^64, which shows beside the product of floats: that
    // is off by 2^12 at most. Unlike the overflow flag of the CPU this works in vector registers.
    const double error = integer::to_float(x) * integer::to_float(y) - integer::to_float(static_cast<int64_t>(product));
    return Nullable<int64_t>::where(math::magnitude(error) < 0x1p62, static_cast<int64_t>(product));
  }
};

struct MultiplyFloat {
  static double eval(double x, double y) { return x * y; }
};

struct MultiplyDurationInt {
  static Nullable<Duration> eval(Duration x, int64_t y) {
    const Nullable<int64_t> product = MultiplyInt::eval(x.microseconds, y);
    return Nullable<Duration>::where(product.has_value(), {*product});
  }
};

struct MultiplyIntDuration {
  static Nullable<Duration> eval(int64_t x, Duration y) { return MultiplyDurationInt::eval(y, x); }
};

struct MultiplyDurationFloat {
  static Nullable<Duration> eval(Duration x, double y) {
    const Nullable<int64_t> product = integer::from_whole(math::round_half_away(integer::to_float(x.microseconds) * y));
    return Nullable<Duration>::where(product.has_value(), {*product});
  }
};

struct MultiplyFloatDuration {
  static Nullable<Duration> eval(double x, Duration y) { return MultiplyDurationFloat::eval(y, x); }
};

constexpr Operator kOperator = {
    .name = "multiply",
    .summary = "Multiply two numbers, or a duration by a number",
    .detail =
        "The product of two ints is an int, of two floats a float; an int beside a float is made a float "
        "first. A duration times a float is rounded to whole microseconds, half away from zero.",
    .syntax = "*",
    .parameters = {{"x", "the first factor"}, {"y", "the second factor"}},
    .overloads = {overload<"(x: int, y: int) -> int", MultiplyInt>(),
                  overload<"(x: float, y: float) -> float", MultiplyFloat>(),
                  overload<"(x: duration, y: int) -> duration", MultiplyDurationInt>(),
                  overload<"(x: int, y: duration) -> duration", MultiplyIntDuration>(),
                  overload<"(x: duration, y: float) -> duration", MultiplyDurationFloat>(),
                  overload<"(x: float, y: duration) -> duration", MultiplyFloatDuration>()},
    .edges = {{"the product does not fit 64 bits, or is not finite", "null"},
              {"a product of floats is too small for a float", "0.0"}},
    .examples = {{"6 * 7", "42"}, {"2 * 0.25", "0.5"}, {"1h * 36", "1d12h"}, {"1d * 0.5", "12h"}},
    .cost = {.per_row = 0.8},
    .algebra = "commutative",
    .aliases = "mul times product",
    .see_also = "divide power",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
