// subtract(x, y): the difference.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SubtractInt {
  static Nullable<int64_t> eval(int64_t x, int64_t y) {
    const int64_t difference = static_cast<int64_t>(static_cast<uint64_t>(x) - static_cast<uint64_t>(y));
    // It overflows when the operands differ in sign and the result has the sign of y; in this form the loop
    // vectorises.
    return Nullable<int64_t>::where(((x ^ y) & (x ^ difference)) >= 0, difference);
  }
};

struct SubtractFloat {
  static double eval(double x, double y) { return x - y; }
};

template <class Left, class Right, class Difference>
struct SubtractTime {
  static Nullable<Difference> eval(Left x, Right y) {
    const Nullable<int64_t> difference = SubtractInt::eval(x.microseconds, y.microseconds);
    return Nullable<Difference>::where(difference.has_value(), {*difference});
  }
};

constexpr Operator kOperator = {
    .name = "subtract",
    .summary = "Subtract two numbers, durations or timestamps, or a duration from a timestamp",
    .detail =
        "The difference of two ints is an int, of two floats a float; an int beside a float is made a float "
        "first. The difference of two timestamps is a duration.",
    .syntax = "-",
    .parameters = {{"x", "what is subtracted from"}, {"y", "what is subtracted"}},
    .overloads = {overload<"(x: int, y: int) -> int", SubtractInt>(),
                  overload<"(x: float, y: float) -> float", SubtractFloat>(),
                  overload<"(x: timestamp, y: timestamp) -> duration", SubtractTime<Timestamp, Timestamp, Duration>>(),
                  overload<"(x: timestamp, y: duration) -> timestamp", SubtractTime<Timestamp, Duration, Timestamp>>(),
                  overload<"(x: duration, y: duration) -> duration", SubtractTime<Duration, Duration, Duration>>()},
    .edges = {{"the difference does not fit 64 bits, or is not finite", "null"},
              {"`y` is later than `x`", "a negative duration"}},
    .examples = {{"5 - 3", "2"},
                 {"0.5 - 1", "-0.5"},
                 {"t\"2026-01-02T00:00:00Z\" - t\"2026-01-01T12:00:00Z\"", "12h"},
                 {"-9223372036854775807 - 2", "null"}},
    .cost = {.per_row = 0.4},
    .aliases = "minus sub difference date_diff timestamp_diff datediff",
    .see_also = "add negate",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
