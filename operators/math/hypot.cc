// hypot(x, y): the length of a vector of two.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Hypot {
  static double eval(double x, double y) { return math::hypot(x, y); }
};

constexpr Operator kOperator = {
    .name = "hypot",
    .summary = "Give the distance of a point from the origin",
    .detail = "`sqrt(x * x + y * y)`, without overflow or underflow on the way.",
    .parameters = {{"x", "the first coordinate"}, {"y", "the second coordinate"}},
    .overloads = {overload<"(x: float, y: float) -> float", Hypot>()},
    .edges = {{"the result is not finite", "null"}},
    .examples = {{"hypot(3.0, 4.0)", "5.0"}, {"hypot(3e150, 4e150)", "5e150"}},
    .cost = {.per_row = 1.5},
    .algebra = "commutative",
    .aliases = "euclidean_norm",
    .see_also = "sqrt atan2",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
