// total_seconds(d): the length of a duration in seconds.
#include "feature_extractor/integer.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct TotalSeconds {
  static double eval(Duration d) { return integer::to_float(d.microseconds) / 1e6; }
};

constexpr Operator kOperator = {
    .name = "total_seconds",
    .summary = "Give the length of a duration in seconds",
    .detail = "The whole duration, with its fraction; the same as `d / 1s`.",
    .parameters = {{"d", "the duration"}},
    .overloads = {overload<"(d: duration) -> float", TotalSeconds>()},
    .edges = {{"the duration is negative", "negative"},
              {"the duration has more than 2^53 microseconds (285 years)", "rounded to the nearest float"}},
    .examples = {{"total_seconds(90m)", "5400.0"}, {"total_seconds(250ms)", "0.25"}},
    .cost = {.per_row = 0.5},
    .aliases = "duration_seconds to_seconds seconds_of interval_seconds",
    .see_also = "total_hours total_days divide",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
