// total_hours(d): the length of a duration in hours.
#include "feature_extractor/integer.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct TotalHours {
  static double eval(Duration d) { return integer::to_float(d.microseconds) / 3600e6; }
};

constexpr Operator kOperator = {
    .name = "total_hours",
    .summary = "Give the length of a duration in hours",
    .detail = "The whole duration, with its fraction; the same as `d / 1h`.",
    .parameters = {{"d", "the duration"}},
    .overloads = {overload<"(d: duration) -> float", TotalHours>()},
    .edges = {{"the duration is negative", "negative"},
              {"the duration has more than 2^53 microseconds (285 years)", "rounded to the nearest float"}},
    .examples = {{"total_hours(90m)", "1.5"}, {"total_hours(2d)", "48.0"}},
    .cost = {.per_row = 0.5},
    .aliases = "duration_hours to_hours hours_of interval_hours",
    .see_also = "total_seconds total_days divide",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
