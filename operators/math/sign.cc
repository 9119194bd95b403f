// sign(x): -1, 0 or 1.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SignInt {
  static int64_t eval(int64_t x) { return (x >> 63) | static_cast<int64_t>((0 - static_cast<uint64_t>(x)) >> 63); }
};

struct SignFloat {
  static int64_t eval(double x) { return static_cast<int64_t>(x > 0.0) - static_cast<int64_t>(x < 0.0); }
};

struct SignDuration {
  static int64_t eval(Duration x) { return SignInt::eval(x.microseconds); }
};

constexpr Operator kOperator = {
    .name = "sign",
    .summary = "Tell the sign of a number or a duration: -1, 0 or 1",
    .parameters = {{"x", "the number or duration"}},
    .overloads = {overload<"(x: int) -> int", SignInt>(), overload<"(x: float) -> int", SignFloat>(),
                  overload<"(x: duration) -> int", SignDuration>()},
    .edges = {{"`x` is zero", "0"}},
    .examples = {{"sign(-3)", "-1"}, {"sign(0.0)", "0"}, {"sign(2.5)", "1"}},
    .cost = {.per_row = 0.3},
    .aliases = "signum sgn",
    .see_also = "abs signed_log",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
