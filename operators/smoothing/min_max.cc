// min_max(x, low, high): where x lies between two numbers.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct MinMax {
  static Nullable<double> eval(double x, double low, double high) {
    // Divided by infinity, a number would look like 0.
    const double range = high - low;
    return Nullable<double>::where(math::magnitude(range) <= math::kLargest, (x - low) / range);
  }
};

constexpr Operator kOperator = {
    .name = "min_max",
    .summary = "Scale a number so that a range becomes 0..1",
    .detail = "`(x - low) / (high - low)`. It does not clip: a number outside the range gives one outside 0..1.",
    .parameters = {{"x", "the number"}, {"low", "the number that becomes 0"}, {"high", "the number that becomes 1"}},
    .overloads = {overload<"(x: float, low: float, high: float) -> float", MinMax>()},
    .edges = {{"`low` equals `high`", "null; Hivemall gives 0.5, TensorFlow Transform sigmoid(x)"},
              {"`x` is outside the range", "less than 0 or more than 1; Hivemall clips"},
              {"a difference is not finite", "null"}},
    .examples = {{"min_max(5, 0, 10)", "0.5"}, {"min_max(15, 0, 10)", "1.5"}, {"min_max(5, 3, 3)", "null"}},
    .cost = {.per_row = 0.6},
    .aliases = "minmax_scale rescale normalize scale_to_0_1 MinMaxScaler NormalizeMinMax",
    .see_also = "z_score clip",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
