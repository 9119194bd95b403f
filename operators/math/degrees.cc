// degrees(x): an angle in radians, in degrees.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Degrees {
  static double eval(double x) { return x * 57.29577951308232; }
};

constexpr Operator kOperator = {
    .name = "degrees",
    .summary = "Turn radians into degrees",
    .detail = "`x * (180 / pi)`, where the factor is the float 57.29577951308232.",
    .parameters = {{"x", "the angle in radians"}},
    .overloads = {overload<"(x: float) -> float", Degrees>()},
    .edges = {{"the result is not finite", "null"}},
    .examples = {{"degrees(0.0)", "0.0"}, {"degrees(3.141592653589793)", "180.0"}},
    .cost = {.per_row = 0.2},
    .aliases = "rad2deg to_degrees",
    .see_also = "radians atan2",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
