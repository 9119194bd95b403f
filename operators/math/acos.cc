// acos(x): the angle with this cosine.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Acos {
  static double eval(double x) { return math::acos(x); }
};

constexpr Operator kOperator = {
    .name = "acos",
    .summary = "Give the angle in radians whose cosine this is",
    .detail = "The result is from 0 to pi.",
    .parameters = {{"x", "the cosine, from -1 to 1"}},
    .overloads = {overload<"(x: float) -> float", Acos>()},
    .edges = {{"`x` is below -1 or above 1", "null"}},
    .examples = {{"acos(1.0)", "0.0"}, {"acos(-1.0)", "3.141592653589793"}},
    .cost = {.per_row = 2.5},
    .aliases = "arccos arc_cosine inverse_cosine",
    .see_also = "asin atan cos",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
