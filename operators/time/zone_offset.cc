// zone_offset(t, zone): how far local time is ahead of UTC.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ZoneOffset {
  struct State {
    const TimeZone* zone;
  };
  static Nullable<State> bind(const TimeZone* zone, BindError&) { return State{zone}; }
  static Duration eval(const State& state, Timestamp t) {
    return {static_cast<int64_t>(state.zone->offset_seconds(t.microseconds)) * calendar::kSecond};
  }
};

constexpr Operator kOperator = {
    .name = "zone_offset",
    .summary = "Tell how far the local time of a zone is ahead of UTC",
    .detail =
        "Summer time counts. `t + zone_offset(t, zone)` is what the clocks of the zone show, as if that were UTC; the "
        "difference of two offsets is the difference between two zones at that instant.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> duration", ZoneOffset>()},
    .edges = {{"the zone is west of Greenwich", "negative"},
              {"the instant is before the zone's first rule", "the local mean time that held"}},
    .examples = {{"zone_offset(t\"2026-07-01\", \"Europe/Berlin\")", "2h"},
                 {"zone_offset(t\"2026-01-01\", \"America/New_York\")", "-5h"}},
    .cost = {.per_row = 4.0},
    .aliases = "utc_offset timezone_offset from_utc_timestamp convert_timezone tz_convert at_time_zone",
    .see_also = "hour start_of_day format_time",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
