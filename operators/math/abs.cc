// abs(x): the magnitude.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct AbsInt {
  static Nullable<int64_t> eval(int64_t x) {
    const uint64_t sign = static_cast<uint64_t>(x >> 63);
    return Nullable<int64_t>::where(x != INT64_MIN, static_cast<int64_t>((static_cast<uint64_t>(x) ^ sign) - sign));
  }
};

struct AbsFloat {
  static double eval(double x) { return math::magnitude(x); }
};

struct AbsDuration {
  static Nullable<Duration> eval(Duration x) {
    const Nullable<int64_t> size = AbsInt::eval(x.microseconds);
    return Nullable<Duration>::where(size.has_value(), {*size});
  }
};

constexpr Operator kOperator = {
    .name = "abs",
    .summary = "Give the magnitude of a number or a duration",
    .parameters = {{"x", "the number or duration"}},
    .overloads = {overload<"(x: int) -> int", AbsInt>(), overload<"(x: float) -> float", AbsFloat>(),
                  overload<"(x: duration) -> duration", AbsDuration>()},
    .edges = {{"`x` is the least int, -2^63", "null: 2^63 is no int"}},
    .examples = {{"abs(-3)", "3"}, {"abs(2.5)", "2.5"}, {"abs(-1h)", "1h"}},
    .cost = {.per_row = 0.3},
    .aliases = "absolute magnitude fabs",
    .see_also = "sign negate",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
