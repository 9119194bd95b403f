// total_days(d): the length of a duration in days.
#include "feature_extractor/integer.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct TotalDays {
  static double eval(Duration d) { return integer::to_float(d.microseconds) / 86400e6; }
};

constexpr Operator kOperator = {
    .name = "total_days",
    .summary = "Give the length of a duration in days",
    .detail = "The whole duration, with its fraction; the same as `d / 1d`.",
    .parameters = {{"d", "the duration"}},
    .overloads = {overload<"(d: duration) -> float", TotalDays>()},
    .edges = {{"the duration is negative", "negative"},
              {"the duration has more than 2^53 microseconds (285 years)", "rounded to the nearest float"}},
    .examples = {{"total_days(36h)", "1.5"}, {"total_days(-1w)", "-7.0"}},
    .cost = {.per_row = 0.5},
    .aliases = "duration_days to_days days_of interval_days",
    .see_also = "total_seconds total_hours divide",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
