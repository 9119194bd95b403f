// day_of_week(t, zone): give the day of the week, from 1 for Monday to 7 for Sunday.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct DayOfWeek {
  [[gnu::always_inline]] static int64_t of(int64_t local) { return calendar::day_of_week(calendar::days(local)); }
};

constexpr Operator kOperator = {
    .name = "day_of_week",
    .summary = "Give the day of the week, from 1 for Monday to 7 for Sunday",
    .detail =
        "Read in the local time of the zone, by the proleptic Gregorian calendar. The numbers are "
        "those of ISO 8601. Spark and OpenMLDB count from 1 for Sunday, pandas from 0 for Monday.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<DayOfWeek>>()},
    .examples = {{"day_of_week(t\"2026-01-31T12:00:00Z\", \"UTC\")", "6"},
                 {"day_of_week(t\"2026-02-01T12:00:00Z\", \"UTC\")", "7"}},
    .cost = {.per_row = 1.5},
    .aliases = "dayofweek weekday dow isodow iso_day_of_week toDayOfWeek",
    .see_also = "is_weekend hour_of_week day_of_year",
    .source = "ISO 8601",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
