// week_of_year(t, zone): give the week of ISO 8601, from 1 to 53.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct WeekOfYear {
  [[gnu::always_inline]] static int64_t of(int64_t local) { return calendar::week_of_year(calendar::days(local)); }
};

constexpr Operator kOperator = {
    .name = "week_of_year",
    .summary = "Give the week of ISO 8601, from 1 to 53",
    .detail =
        "Read in the local time of the zone, by the proleptic Gregorian calendar. Weeks start on "
        "Monday; the first week of a year is the one with its first Thursday.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<WeekOfYear>>()},
    .edges = {{"the first days of January", "may belong to week 52 or 53 of the year before"},
              {"the last days of December", "may belong to week 1 of the next year"}},
    .examples = {{"week_of_year(t\"2026-01-01\", \"UTC\")", "1"}, {"week_of_year(t\"2021-01-03\", \"UTC\")", "53"}},
    .cost = {.per_row = 2.5},
    .aliases = "weekofyear iso_week week isoweek toISOWeek",
    .see_also = "day_of_week day_of_year",
    .source = "ISO 8601",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
