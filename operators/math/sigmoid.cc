// sigmoid(x): the logistic function.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Sigmoid {
  static double eval(double x) { return math::sigmoid(x); }
};

constexpr Operator kOperator = {
    .name = "sigmoid",
    .summary = "Map a number to 0..1 by the logistic function",
    .detail = "`1 / (1 + exp(-x))`. The inverse of `log_odds`.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Sigmoid>()},
    .edges = {{"`x` is above 37.5", "1.0"}, {"`x` is below -745.14", "0.0"}},
    .examples = {{"sigmoid(0.0)", "0.5"}, {"sigmoid(1000.0)", "1.0"}},
    .cost = {.per_row = 1.5},
    .aliases = "logistic expit inverse_logit",
    .see_also = "log_odds tanh",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
