// cyclic_cos(x, period): the cosine of the position in a cycle.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct CyclicCos {
  static double eval(double x, double period) {
    const double turns = x / period;
    const double size = math::magnitude(turns - math::round_half_even(turns));
    // The cosine of a part of a turn is the sine of a quarter turn less it; the difference is at most a quarter turn,
    // and exact where the cosine is 0.
    const double angle = (0.25 - size) * 6.283185307179586;
    const double cosine = math::sin_of(angle, math::reduce_moderate_angle(angle));
    return math::select(math::magnitude(turns) <= math::kLargest, cosine, math::kNan) + 0.0;
  }
};

constexpr Operator kOperator = {
    .name = "cyclic_cos",
    .summary = "Give the cosine of a position in a cycle",
    .detail =
        "`cos(2 * pi * x / period)`. Together with `cyclic_sin` it places hours, weekdays or angles on a "
        "circle, so that the end of a cycle lies beside its beginning.",
    .parameters = {{"x", "the position, such as the hour of the day"},
                   {"period", "the length of the cycle, such as 24"}},
    .overloads = {overload<"(x: float, period: float) -> float", CyclicCos>()},
    .edges = {{"`period` is zero", "null"},
              {"quarter turns", "exactly 0.0"},
              {"`x / period` is not finite", "null"},
              {"`period` is negative", "the cycle runs the other way round"}},
    .examples = {{"cyclic_cos(0, 24)", "1.0"}, {"cyclic_cos(12, 24)", "-1.0"}},
    .cost = {.per_row = 1.5},
    .aliases = "cyclical_cos CyclicalFeatures cos_transform",
    .see_also = "cyclic_sin cos",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
