// decay(age, half_life): exponential decay.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Decay {
  static Nullable<double> eval(Duration age, Duration half_life) {
    const double halvings = integer::to_float(age.microseconds) / integer::to_float(half_life.microseconds);
    return Nullable<double>::where(half_life.microseconds > 0, math::exp2(0.0 - halvings));
  }
};

constexpr Operator kOperator = {
    .name = "decay",
    .summary = "Weigh an age by exponential decay with a half-life",
    .detail = "`0.5 ** (age / half_life)`: 1.0 at age zero, 0.5 after one half-life, 0.25 after two.",
    .parameters = {{"age", "how long ago it was"}, {"half_life", "after how long the weight has halved, above zero"}},
    .overloads = {overload<"(age: duration, half_life: duration) -> float", Decay>()},
    .edges = {{"`half_life` is zero or negative", "null"},
              {"`age` is negative", "a weight above 1; clip the age where the future may occur"},
              {"more than 1,075 half-lives", "0.0"}},
    .examples = {{"decay(7d, 7d)", "0.5"}, {"decay(0d, 7d)", "1.0"}, {"decay(14d, 7d)", "0.25"}},
    .cost = {.per_row = 1.2},
    .aliases = "time_decay exponential_decay half_life exp_decay",
    .see_also = "exp power",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
