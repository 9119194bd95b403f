// atan(x): the angle with this tangent.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Atan {
  static double eval(double x) { return math::atan(x); }
};

constexpr Operator kOperator = {
    .name = "atan",
    .summary = "Give the angle in radians whose tangent this is",
    .detail = "The result is from -pi / 2 to pi / 2. The angle of a point, in all four quadrants, is `atan2`.",
    .parameters = {{"x", "the tangent"}},
    .overloads = {overload<"(x: float) -> float", Atan>()},
    .edges = {{"`x` is huge", "pi / 2 with its sign"}},
    .examples = {{"atan(0.0)", "0.0"}, {"atan(1.0)", "0.7853981633974483"}},
    .cost = {.per_row = 2.5},
    .aliases = "arctan arc_tangent inverse_tangent",
    .see_also = "atan2 asin acos tan",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
