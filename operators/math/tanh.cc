// tanh(x): the hyperbolic tangent.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Tanh {
  static double eval(double x) { return math::tanh(x); }
};

constexpr Operator kOperator = {
    .name = "tanh",
    .summary = "Map a number to -1..1 by the hyperbolic tangent",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Tanh>()},
    .edges = {{"`x` is above 19.07 in magnitude", "1.0 or -1.0"}},
    .examples = {{"tanh(0.0)", "0.0"}, {"tanh(1000.0)", "1.0"}},
    .cost = {.per_row = 1.5},
    .aliases = "hyperbolic_tangent",
    .see_also = "sigmoid",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
