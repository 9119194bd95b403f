// cbrt(x): the cube root.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Cbrt {
  static double eval(double x) { return math::cbrt(x); }
};

constexpr Operator kOperator = {
    .name = "cbrt",
    .summary = "Take the cube root",
    .detail = "Of either sign; exact for cubes of whole numbers that a float holds.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Cbrt>()},
    .edges = {{"`x` is negative", "the root of its magnitude, negative; never null"}},
    .examples = {{"cbrt(27.0)", "3.0"}, {"cbrt(-8.0)", "-2.0"}},
    .cost = {.per_row = 1.5},
    .aliases = "cube_root",
    .see_also = "sqrt power",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
