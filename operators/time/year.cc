// year(t, zone): give the calendar year.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Year {
  [[gnu::always_inline]] static int64_t of(int64_t local) {
    return calendar::date_from_days(calendar::days(local)).year;
  }
};

constexpr Operator kOperator = {
    .name = "year",
    .summary = "Give the calendar year",
    .detail = "Read in the local time of the zone, by the proleptic Gregorian calendar.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<Year>>()},
    .edges = {{"a year before Christ", "zero and negative: the year 0 is 1 BC"}},
    .examples = {{"year(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "2026"},
                 {"year(t\"2025-12-31T23:30:00Z\", \"Europe/Berlin\")", "2026"}},
    .cost = {.per_row = 1.5},
    .aliases = "extract_year date_part_year toYear",
    .see_also = "month day quarter",
    .source = "Howard Hinnant, chrono-Compatible Low-Level Date Algorithms",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
