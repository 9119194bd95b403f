// days_in_month(t, zone): how many days the month has.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct DaysInMonth {
  [[gnu::always_inline]] static int64_t of(int64_t local) {
    const calendar::Date date = calendar::date_from_days(calendar::days(local));
    return calendar::days_in_month(date.year, date.month);
  }
};

constexpr Operator kOperator = {
    .name = "days_in_month",
    .summary = "Count the days of the month, from 28 to 31",
    .detail =
        "Read in the local time of the zone, by the proleptic Gregorian calendar. `days_in_month(t, zone) - day(t, "
        "zone)` is the number of days that are left of the month: 0 on its last day.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<DaysInMonth>>()},
    .edges = {{"February of a leap year", "29; 1900 was none, 2000 was one"}},
    .examples = {{"days_in_month(t\"2024-02-10\", \"UTC\")", "29"},
                 {"days_in_month(t\"2026-01-31T23:30:00Z\", \"Europe/Berlin\")", "28"}},
    .cost = {.per_row = 2.5},
    .aliases = "last_day month_length toLastDayOfMonth day_of_month_max eomonth",
    .see_also = "day month add_months",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
