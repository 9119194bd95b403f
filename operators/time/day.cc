// day(t, zone): give the day of the month, from 1 to 31.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Day {
  [[gnu::always_inline]] static int64_t of(int64_t local) {
    return calendar::date_from_days(calendar::days(local)).day;
  }
};

constexpr Operator kOperator = {
    .name = "day",
    .summary = "Give the day of the month, from 1 to 31",
    .detail = "Read in the local time of the zone, by the proleptic Gregorian calendar.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<Day>>()},
    .examples = {{"day(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "31"},
                 {"day(t\"2026-01-31T23:30:15.25Z\", \"Asia/Tokyo\")", "1"}},
    .cost = {.per_row = 1.5},
    .aliases = "day_of_month dayofmonth dom extract_day mday toDayOfMonth",
    .see_also = "day_of_week day_of_year month",
    .source = "Howard Hinnant, chrono-Compatible Low-Level Date Algorithms",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
