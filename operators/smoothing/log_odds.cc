// log_odds(p): the logit.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct LogOdds {
  static Nullable<double> eval(double p) {
    const double low = math::log(p) - math::log1p(0.0 - p);
    // Near one half the two logarithms cancel, but 2p - 1 is exact there.
    const double high = math::log1p((p - 0.5) * 2.0 / (1.0 - p));
    return Nullable<double>::where((p > 0.0) & (p < 1.0), math::select(p < 0.25, low, high));
  }
};

constexpr Operator kOperator = {
    .name = "log_odds",
    .summary = "Turn a probability into its log-odds",
    .detail = "`log(p / (1 - p))`, the inverse of `sigmoid`. Clip `p` first where 0 and 1 occur.",
    .parameters = {{"p", "the probability, between 0 and 1"}},
    .overloads = {overload<"(p: float) -> float", LogOdds>()},
    .edges = {{"`p` is 0 or less, or 1 or more", "null"}},
    .examples = {{"log_odds(0.5)", "0.0"}, {"log_odds(0.9)", "2.1972245773362196"}, {"log_odds(1.0)", "null"}},
    .cost = {.per_row = 2.0},
    .aliases = "logit logodds",
    .see_also = "sigmoid log",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
