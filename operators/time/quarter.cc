// quarter(t, zone): give the quarter of the year, from 1 to 4.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Quarter {
  [[gnu::always_inline]] static int64_t of(int64_t local) {
    return (calendar::date_from_days(calendar::days(local)).month + 2u) / 3u;
  }
};

constexpr Operator kOperator = {
    .name = "quarter",
    .summary = "Give the quarter of the year, from 1 to 4",
    .detail = "Read in the local time of the zone, by the proleptic Gregorian calendar.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<Quarter>>()},
    .examples = {{"quarter(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "1"}, {"quarter(t\"2026-10-01\", \"UTC\")", "4"}},
    .cost = {.per_row = 1.5},
    .aliases = "extract_quarter toQuarter",
    .see_also = "month year",
    .source = "Howard Hinnant, chrono-Compatible Low-Level Date Algorithms",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
