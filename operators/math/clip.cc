// clip(x, low, high): a number limited to a range.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Clip {
  // When low > high the result is high, as in numpy.clip.
  static T eval(T x, T low, T high) {
    const T raised = x < low ? low : x;
    return raised > high ? high : raised;
  }
};

constexpr Operator kOperator = {
    .name = "clip",
    .summary = "Limit a number to the range from `low` to `high`",
    .detail = "Gives `low` where `x` is below it, `high` where `x` is above it, and `x` otherwise.",
    .parameters = {{"x", "the number"}, {"low", "the least result"}, {"high", "the greatest result"}},
    .overloads = {generic_overload<"<T: number>(x: T, low: T, high: T) -> T", Clip, int64_t, double>()},
    .edges = {{"`low` is greater than `high`", "`high`, as in NumPy"}},
    .examples = {{"clip(5, 0, 3)", "3"}, {"clip(-2.5, 0.0, 1.0)", "0.0"}},
    .cost = {.per_row = 0.3},
    .aliases = "clamp",
    .see_also = "minimum maximum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
