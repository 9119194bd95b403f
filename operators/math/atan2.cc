// atan2(y, x): the angle of a point.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Atan2 {
  // Adding zero makes a negative zero positive: the two are one value in the language.
  static double eval(double y, double x) { return math::atan2(y + 0.0, x + 0.0); }
};

constexpr Operator kOperator = {
    .name = "atan2",
    .summary = "Give the angle of a point in radians, from the positive x axis, anticlockwise",
    .detail = "The result is above -pi and at most pi. `y` comes first, as everywhere.",
    .parameters = {{"y", "the vertical coordinate"}, {"x", "the horizontal coordinate"}},
    .overloads = {overload<"(y: float, x: float) -> float", Atan2>()},
    .edges = {{"both are zero", "0.0"}, {"`y` is zero and `x` negative", "pi"}},
    .examples = {{"atan2(1.0, 1.0)", "0.7853981633974483"}, {"atan2(0.0, -1.0)", "3.141592653589793"}},
    .cost = {.per_row = 2.5},
    .aliases = "arctan2 angle",
    .see_also = "degrees hypot sin cos",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
