// z_score(x, mean, deviation): the distance from the mean in standard deviations.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ZScore {
  static Nullable<double> eval(double x, double mean, double deviation) {
    return Nullable<double>::where(deviation > 0.0, (x - mean) / deviation);
  }
};

constexpr Operator kOperator = {
    .name = "z_score",
    .summary = "Give the distance from a mean in standard deviations",
    .detail = "`(x - mean) / deviation`.",
    .parameters = {{"x", "the number"}, {"mean", "the mean"}, {"deviation", "the standard deviation, above zero"}},
    .overloads = {overload<"(x: float, mean: float, deviation: float) -> float", ZScore>()},
    .edges = {{"`deviation` is zero", "null; Hivemall gives 0, TensorFlow Transform the number itself"},
              {"`deviation` is negative", "null"}},
    .examples = {{"z_score(7, 5, 4)", "0.5"}, {"z_score(7, 5, 0)", "null"}},
    .cost = {.per_row = 0.5},
    .aliases = "zscore standardize StandardScaler scale_to_z_score Normalize",
    .see_also = "min_max",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
