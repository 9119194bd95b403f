// divide(x, y): real division.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Divide {
  static double eval(double x, double y) { return x / y; }
};

struct DivideDurations {
  static double eval(Duration x, Duration y) {
    return integer::to_float(x.microseconds) / integer::to_float(y.microseconds);
  }
};

struct DivideDuration {
  static Nullable<Duration> eval(Duration x, double y) {
    const Nullable<int64_t> quotient =
        integer::from_whole(math::round_half_away(integer::to_float(x.microseconds) / y));
    return Nullable<Duration>::where(quotient.has_value(), {*quotient});
  }
};

constexpr Operator kOperator = {
    .name = "divide",
    .summary = "Divide two numbers or two durations, or a duration by a number",
    .detail =
        "Real division: the quotient of two ints is a float. Two durations give how often one fits into "
        "the other, as a float. A duration divided by a number is rounded to whole microseconds, half away "
        "from zero.",
    .syntax = "/",
    .parameters = {{"x", "the dividend"}, {"y", "the divisor"}},
    .overloads = {overload<"(x: float, y: float) -> float", Divide>(),
                  overload<"(x: duration, y: duration) -> float", DivideDurations>(),
                  overload<"(x: duration, y: float) -> duration", DivideDuration>()},
    .edges = {{"`y` is zero", "null"}, {"the quotient is not finite", "null"}},
    .examples = {{"7 / 2", "3.5"}, {"1.0 / 0.0", "null"}, {"36h / 1d", "1.5"}, {"1d / 2", "12h"}},
    .cost = {.per_row = 0.5},
    .aliases = "div true_divide real_div quotient",
    .see_also = "floor_divide modulo ratio",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
