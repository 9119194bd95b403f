// second(t, zone): give the second of the minute, from 0 to 59.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Second {
  [[gnu::always_inline]] static int64_t of(int64_t local) { return calendar::second_of_day(local) % 60u; }
};

constexpr Operator kOperator = {
    .name = "second",
    .summary = "Give the second of the minute, from 0 to 59",
    .detail = "Read in the local time of the zone. Fractions of a second are cut off.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<Second>>()},
    .edges = {{"leap seconds", "do not exist in POSIX time"}},
    .examples = {{"second(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "15"}},
    .cost = {.per_row = 1.5},
    .aliases = "extract_second second_of_minute toSecond",
    .see_also = "minute seconds_of_day",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
