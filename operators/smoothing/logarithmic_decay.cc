// logarithmic_decay(age, reach, half): a decay that is fast at first.
#include "feature_extractor/operator.h"
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"

namespace feature_extractor {
namespace {

struct LogarithmicDecay {
  static Nullable<double> eval(Duration age, Duration reach, Duration half) {
    const double end = integer::to_float(reach.microseconds);
    const double middle = integer::to_float(half.microseconds);
    const double old = math::at_least(math::at_most(integer::to_float(age.microseconds), end), 0.0);
    // Counted in half-ages, so that squares keep within the range of floats.
    const double offset = middle / (end / middle - 2.0);
    const double result = math::log((end + offset) / (old + offset)) / math::log((end + offset) / offset);
    return Nullable<double>::where((middle > 0.0) & (end > 2.0 * middle), result);
  }
};

constexpr Operator kOperator = {
    .name = "logarithmic_decay",
    .summary = "Weigh an age by a decay that is fast at first and slow later, down to zero",
    .detail =
        "`(log(reach + s) - log(age + s)) / (log(reach + s) - log(s))` with `s = half ** 2 / (reach - 2 * half)`. The "
        "straight line from 1 to 0 (freshness, closeness) is `maximum(1.0 - age / reach, 0.0)`.",
    .parameters = {{"age", "how long ago it was"},
                   {"reach", "the age from which on the weight is 0"},
                   {"half", "the age at which the weight is one half; less than half of `reach`"}},
    .overloads = {overload<"(age: duration, reach: duration, half: duration) -> float", LogarithmicDecay>()},
    .edges = {{"`age` is zero or negative", "1"},
              {"`age` is `reach` or more", "0"},
              {"`half` is zero, negative, or not less than half of `reach`", "null"}},
    .examples = {{"logarithmic_decay(0d, 90d, 7d)", "1.0"},
                 {"logarithmic_decay(90d, 90d, 7d)", "0.0"},
                 {"round(logarithmic_decay(7d, 90d, 7d), 12)", "0.5"}},
    .cost = {.per_row = 3.0, .per_element = 0.0},
    .aliases = "freshness_logscale freshness_log freshness",
    .see_also = "decay log",
    .source = "Vespa, rank feature freshness(name).logscale",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
