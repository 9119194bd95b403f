// hour_of_week(t, zone): give the hour of the week, from 0 for Monday midnight to 167.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct HourOfWeek {
  [[gnu::always_inline]] static int64_t of(int64_t local) {
    return (calendar::day_of_week(calendar::days(local)) - 1u) * 24u + calendar::hour_of_day(local);
  }
};

constexpr Operator kOperator = {
    .name = "hour_of_week",
    .summary = "Give the hour of the week, from 0 for Monday midnight to 167",
    .detail = "Read in the local time of the zone: (day_of_week - 1) * 24 + hour.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<HourOfWeek>>()},
    .examples = {{"hour_of_week(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "143"},
                 {"hour_of_week(t\"2026-02-02\", \"UTC\")", "0"}},
    .cost = {.per_row = 2.0},
    .aliases = "weekhour hour_in_week",
    .see_also = "hour day_of_week",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
