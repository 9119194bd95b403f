// month(t, zone): give the month, from 1 to 12.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Month {
  [[gnu::always_inline]] static int64_t of(int64_t local) {
    return calendar::date_from_days(calendar::days(local)).month;
  }
};

constexpr Operator kOperator = {
    .name = "month",
    .summary = "Give the month, from 1 to 12",
    .detail = "Read in the local time of the zone, by the proleptic Gregorian calendar.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<Month>>()},
    .examples = {{"month(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "1"},
                 {"month(t\"2026-01-31T23:30:15.25Z\", \"Asia/Tokyo\")", "2"}},
    .cost = {.per_row = 1.5},
    .aliases = "extract_month month_of_year toMonth",
    .see_also = "year day quarter",
    .source = "Howard Hinnant, chrono-Compatible Low-Level Date Algorithms",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
