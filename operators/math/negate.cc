// negate(x): the number with the opposite sign.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct NegateInt {
  static Nullable<int64_t> eval(int64_t x) {
    return Nullable<int64_t>::where(x != INT64_MIN, static_cast<int64_t>(0 - static_cast<uint64_t>(x)));
  }
};

struct NegateFloat {
  // Zero minus x rather than -x, so that zero stays the positive zero.
  static double eval(double x) { return 0.0 - x; }
};

struct NegateDuration {
  static Nullable<Duration> eval(Duration x) {
    const Nullable<int64_t> negated = NegateInt::eval(x.microseconds);
    return Nullable<Duration>::where(negated.has_value(), {*negated});
  }
};

constexpr Operator kOperator = {
    .name = "negate",
    .summary = "Change the sign of a number or a duration",
    .syntax = "unary -",
    .parameters = {{"x", "the number or duration"}},
    .overloads = {overload<"(x: int) -> int", NegateInt>(), overload<"(x: float) -> float", NegateFloat>(),
                  overload<"(x: duration) -> duration", NegateDuration>()},
    .edges = {{"`x` is the least int, -2^63", "null: 2^63 is no int"}, {"`x` is 0.0", "0.0, never -0.0"}},
    .examples = {{"negate(3)", "-3"}, {"-(2.5)", "-2.5"}, {"-(1h)", "-1h"}},
    .cost = {.per_row = 0.3},
    .aliases = "neg negative unary_minus",
    .see_also = "abs subtract",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
