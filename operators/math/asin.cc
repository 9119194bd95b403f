// asin(x): the angle with this sine.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Asin {
  static double eval(double x) { return math::asin(x); }
};

constexpr Operator kOperator = {
    .name = "asin",
    .summary = "Give the angle in radians whose sine this is",
    .detail = "The result is from -pi / 2 to pi / 2.",
    .parameters = {{"x", "the sine, from -1 to 1"}},
    .overloads = {overload<"(x: float) -> float", Asin>()},
    .edges = {{"`x` is below -1 or above 1", "null"}},
    .examples = {{"asin(1.0)", "1.5707963267948966"}, {"asin(2.0)", "null"}},
    .cost = {.per_row = 2.5},
    .aliases = "arcsin arc_sine inverse_sine",
    .see_also = "acos atan sin",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
