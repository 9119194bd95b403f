// minute(t, zone): give the minute of the hour, from 0 to 59.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Minute {
  [[gnu::always_inline]] static int64_t of(int64_t local) { return calendar::minute_of_day(local) % 60u; }
};

constexpr Operator kOperator = {
    .name = "minute",
    .summary = "Give the minute of the hour, from 0 to 59",
    .detail = "Read in the local time of the zone, whose offset need not be whole hours.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<Minute>>()},
    .examples = {{"minute(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "30"},
                 {"minute(t\"2026-01-31T23:30:15.25Z\", \"Asia/Kathmandu\")", "15"}},
    .cost = {.per_row = 1.5},
    .aliases = "extract_minute minute_of_hour toMinute",
    .see_also = "hour second",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
