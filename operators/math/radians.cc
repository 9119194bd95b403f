// radians(x): an angle in degrees, in radians.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Radians {
  static double eval(double x) { return x * 0.017453292519943295; }
};

constexpr Operator kOperator = {
    .name = "radians",
    .summary = "Turn degrees into radians",
    .detail = "`x * (pi / 180)`, where the factor is the float 0.017453292519943295.",
    .parameters = {{"x", "the angle in degrees"}},
    .overloads = {overload<"(x: float) -> float", Radians>()},
    .examples = {{"radians(0.0)", "0.0"}, {"radians(180.0)", "3.141592653589793"}},
    .cost = {.per_row = 0.2},
    .aliases = "deg2rad to_radians",
    .see_also = "degrees sin cos",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
