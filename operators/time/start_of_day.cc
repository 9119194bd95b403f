// start_of_day(t, zone): when the day began.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct StartOfDay {
  struct State {
    const TimeZone* zone;
  };
  static Nullable<State> bind(const TimeZone* zone, BindError&) { return State{zone}; }
  static Nullable<Timestamp> eval(const State& state, Timestamp t) {
    const int64_t local = state.zone->local(t.microseconds);
    int64_t midnight;
    const bool overflow = __builtin_sub_overflow(local, calendar::microsecond_of_day(local), &midnight);
    if (overflow) midnight = 0;
    return Nullable<Timestamp>::where(!overflow, {state.zone->instant(midnight, TimeZone::Gap::kFirstInstant)});
  }
};

constexpr Operator kOperator = {
    .name = "start_of_day",
    .summary = "Give the instant at which the day began",
    .detail = "The first instant of the local date.",
    .parameters = {{"t", "the instant"}, {"zone", "the time zone of the day"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> timestamp", StartOfDay>()},
    .edges = {{"the clocks are put forward over midnight", "the instant at which they are: the first one of that day"},
              {"midnight comes twice", "the earlier one"},
              {"the day began before the first timestamp", "null"}},
    .examples = {{"start_of_day(t\"2026-01-31T12:00:00Z\", \"UTC\")", "t\"2026-01-31T00:00:00Z\""},
                 {"start_of_day(t\"2026-01-31T12:00:00Z\", \"Asia/Shanghai\")", "t\"2026-01-30T16:00:00Z\""}},
    .cost = {.per_row = 5.0},
    .aliases = "date_trunc_day floor_day midnight normalize_day toStartOfDay",
    .see_also = "truncate_time date_diff",
    .source = "java.time LocalDate.atStartOfDay (rule for gaps)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
