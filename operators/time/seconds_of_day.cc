// seconds_of_day(t, zone): count the seconds since midnight, from 0 to 86,399.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SecondsOfDay {
  [[gnu::always_inline]] static int64_t of(int64_t local) { return calendar::second_of_day(local); }
};

constexpr Operator kOperator = {
    .name = "seconds_of_day",
    .summary = "Count the seconds since midnight, from 0 to 86,399",
    .detail =
        "Read off the local clock of the zone: hour * 3600 + minute * 60 + second. Fractions of a "
        "second are cut off.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<SecondsOfDay>>()},
    .edges = {{"the clocks were moved since midnight", "what the clock shows counts, not the time that has passed"}},
    .examples = {{"seconds_of_day(t\"2026-01-31T23:30:15.25Z\", \"UTC\")", "84615"},
                 {"seconds_of_day(t\"2024-03-31T01:00:00Z\", \"Europe/Berlin\")", "10800"}},
    .cost = {.per_row = 1.5},
    .aliases = "second_of_day seconds_since_midnight time_to_sec",
    .see_also = "hour minute second",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
