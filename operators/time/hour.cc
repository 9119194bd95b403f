// hour(t, zone): give the hour of the day, from 0 to 23.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Hour {
  [[gnu::always_inline]] static int64_t of(int64_t local) { return calendar::hour_of_day(local); }
};

constexpr Operator kOperator = {
    .name = "hour",
    .summary = "Give the hour of the day, from 0 to 23",
    .detail = "Read in the local time of the zone.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<Hour>>()},
    .edges = {{"the clocks are put back", "the hour comes twice"}},
    .examples = {{"hour(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "23"},
                 {"hour(t\"2026-01-31T23:30:15.25Z\", \"Europe/Berlin\")", "0"}},
    .cost = {.per_row = 1.5},
    .aliases = "hour_of_day extract_hour hod toHour",
    .see_also = "hour_of_week minute day_of_week",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
