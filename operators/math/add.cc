// add(x, y): the sum.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct AddInt {
  static Nullable<int64_t> eval(int64_t x, int64_t y) {
    int64_t sum;
    const bool overflow = __builtin_add_overflow(x, y, &sum);
    return Nullable<int64_t>::where(!overflow, sum);
  }
};

struct AddFloat {
  static double eval(double x, double y) { return x + y; }
};

struct AddDuration {
  static Nullable<Duration> eval(Duration x, Duration y) {
    int64_t sum;
    const bool overflow = __builtin_add_overflow(x.microseconds, y.microseconds, &sum);
    return Nullable<Duration>::where(!overflow, {sum});
  }
};

struct AddTimestamp {
  static Nullable<Timestamp> eval(Timestamp x, Duration y) {
    int64_t sum;
    const bool overflow = __builtin_add_overflow(x.microseconds, y.microseconds, &sum);
    return Nullable<Timestamp>::where(!overflow, {sum});
  }
};

constexpr Operator kOperator = {
    .name = "add",
    .summary = "Add two numbers, two durations, or a duration to a timestamp",
    .detail = "The sum of two ints is an int, of two floats a float; an int beside a float is made a float first.",
    .syntax = "+",
    .parameters = {{"x", "the first summand"}, {"y", "the second summand"}},
    .overloads = {overload<"(x: int, y: int) -> int", AddInt>(), overload<"(x: float, y: float) -> float", AddFloat>(),
                  overload<"(x: duration, y: duration) -> duration", AddDuration>(),
                  overload<"(x: timestamp, y: duration) -> timestamp", AddTimestamp>()},
    .edges = {{"the sum does not fit 64 bits, or is not finite", "null"}},
    .examples = {{"2 + 3", "5"}, {"0.5 + 1", "1.5"}, {"9223372036854775807 + 1", "null"}, {"1d + 12h", "1d12h"}},
    .cost = {.per_row = 0.3},
    .aliases = "plus sum_of",
    .see_also = "subtract",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
