// day_of_year(t, zone): give the day of the year, from 1 to 366.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct DayOfYear {
  [[gnu::always_inline]] static int64_t of(int64_t local) {
    return calendar::date_from_days(calendar::days(local)).day_of_year;
  }
};

constexpr Operator kOperator = {
    .name = "day_of_year",
    .summary = "Give the day of the year, from 1 to 366",
    .detail = "Read in the local time of the zone, by the proleptic Gregorian calendar.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<DayOfYear>>()},
    .examples = {{"day_of_year(t\"2026-02-01\", \"UTC\")", "32"}, {"day_of_year(t\"2024-12-31\", \"UTC\")", "366"}},
    .cost = {.per_row = 1.5},
    .aliases = "dayofyear doy yday toDayOfYear",
    .see_also = "day_of_week week_of_year day",
    .source = "Howard Hinnant, chrono-Compatible Low-Level Date Algorithms",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
