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
    .edges = {{"`low` is greater than `high`", "`high`, as in NumPy; TorchArrow refuses it"},
              {"any of the three is null", "null"}},
    .examples = {{"clip(5, 0, 3)", "3"}, {"clip(-2.5, 0.0, 1.0)", "0.0"}, {"clip(0.4, 0, 1)", "0.4"}},
    .cost = {.per_row = 0.3},
    .aliases = "clamp bound limit winsorize clip_by_value",
    .see_also = "minimum maximum valid_range",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
