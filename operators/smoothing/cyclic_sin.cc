// cyclic_sin(x, period): the sine of the position in a cycle.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct CyclicSin {
  static double eval(double x, double period) {
    const double turns = x / period;
    const double part = turns - math::round_half_even(turns);
    // Folded into a quarter turn, so that the result at half a turn is exactly 0 and not the sine of a rounded pi.
    const double size = math::magnitude(part);
    const double folded = math::select(size > 0.25, 0.5 - size, size);
    const double angle = folded * 6.283185307179586;
    const double sine = math::sin_of(angle, math::reduce_moderate_angle(angle));
    return math::select(math::magnitude(turns) <= math::kLargest, math::with_sign_of(sine, part), math::kNan) + 0.0;
  }
};

constexpr Operator kOperator = {
    .name = "cyclic_sin",
    .summary = "Give the sine of a position in a cycle",
    .detail =
        "`sin(2 * pi * x / period)`. Together with `cyclic_cos` it places hours, weekdays or angles on a "
        "circle, so that the end of a cycle lies beside its beginning.",
    .parameters = {{"x", "the position, such as the hour of the day"},
                   {"period", "the length of the cycle, such as 24"}},
    .overloads = {overload<"(x: float, period: float) -> float", CyclicSin>()},
    .edges = {{"`period` is zero", "null"},
              {"whole and half turns", "exactly 0.0"},
              {"`x / period` is not finite", "null"},
              {"`period` is negative", "the cycle runs the other way round"}},
    .examples = {{"cyclic_sin(6, 24)", "1.0"}, {"cyclic_sin(12, 24)", "0.0"}},
    .cost = {.per_row = 1.5},
    .aliases = "cyclical_sin CyclicalFeatures sin_transform",
    .see_also = "cyclic_cos sin",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
