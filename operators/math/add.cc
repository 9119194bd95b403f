// add(x, y): the sum.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct AddInt {
  static Nullable<int64_t> eval(int64_t x, int64_t y) {
    const int64_t sum = static_cast<int64_t>(static_cast<uint64_t>(x) + static_cast<uint64_t>(y));
    // It overflows when both operands have the sign that the result has not; in this form the loop vectorises.
    return Nullable<int64_t>::where(((x ^ sum) & (y ^ sum)) >= 0, sum);
  }
};

struct AddFloat {
  static double eval(double x, double y) { return x + y; }
};

template <class Left, class Right, class Sum>
struct AddTime {
  static Nullable<Sum> eval(Left x, Right y) {
    const Nullable<int64_t> sum = AddInt::eval(x.microseconds, y.microseconds);
    return Nullable<Sum>::where(sum.has_value(), {*sum});
  }
};

constexpr Operator kOperator = {
    .name = "add",
    .summary = "Add two numbers, two durations, or a duration to a timestamp",
    .detail = "The sum of two ints is an int, of two floats a float; an int beside a float is made a float first.",
    .syntax = "+",
    .parameters = {{"x", "the first summand"}, {"y", "the second summand"}},
    .overloads = {overload<"(x: int, y: int) -> int", AddInt>(), overload<"(x: float, y: float) -> float", AddFloat>(),
                  overload<"(x: duration, y: duration) -> duration", AddTime<Duration, Duration, Duration>>(),
                  overload<"(x: timestamp, y: duration) -> timestamp", AddTime<Timestamp, Duration, Timestamp>>(),
                  overload<"(x: duration, y: timestamp) -> timestamp", AddTime<Duration, Timestamp, Timestamp>>()},
    .edges = {{"the sum does not fit 64 bits, or is not finite", "null"}},
    .examples = {{"2 + 3", "5"}, {"0.5 + 1", "1.5"}, {"9223372036854775807 + 1", "null"}, {"1d + 12h", "1d12h"}},
    .cost = {.per_row = 0.4},
    .algebra = "commutative",
    .aliases = "plus sum_of date_add timestamp_add",
    .see_also = "subtract",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
