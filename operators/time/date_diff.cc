// date_diff(a, b, zone): the days from one date to another.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct DateDiff {
  struct State {
    const TimeZone* zone;
  };
  static Nullable<State> bind(const TimeZone* zone, BindError&) { return State{zone}; }
  static int64_t eval(const State& state, Timestamp a, Timestamp b) {
    return days_between(state.zone->local(a.microseconds), state.zone->local(b.microseconds));
  }
  static void run(const State& state, uint32_t rows, const int64_t* a, const int64_t* b, int64_t* out) {
    constexpr uint32_t kTile = 256;
    int64_t buffer_a[kTile];
    int64_t buffer_b[kTile];
    for (uint32_t begin = 0; begin < rows; begin += kTile) {
      const uint32_t count = rows - begin < kTile ? rows - begin : kTile;
      const int64_t* local_a = calendar::local_times(*state.zone, count, a + begin, buffer_a);
      const int64_t* local_b = calendar::local_times(*state.zone, count, b + begin, buffer_b);
      int64_t* __restrict to = out + begin;
      for (uint32_t i = 0; i < count; ++i) to[i] = days_between(local_a[i], local_b[i]);
    }
  }

 private:
  [[gnu::always_inline]] static int64_t days_between(int64_t a, int64_t b) {
    return calendar::days(b) - calendar::days(a);
  }
};

constexpr Operator kOperator = {
    .name = "date_diff",
    .summary = "Count the days from the date of one instant to that of another",
    .detail =
        "Counts midnights of the local calendar, not spans of 24 hours: from 23:00 to 01:00 is one "
        "day. For the time that has passed write `b - a`.",
    .parameters = {{"a", "the first instant"},
                   {"b", "the second instant"},
                   {"zone", "the time zone in which the dates are read"}},
    .overloads = {overload<"(a: timestamp, b: timestamp, zone: zone) -> int", DateDiff>()},
    .edges = {{"`b` is before `a`", "negative"}, {"both are on the same date", "0"}},
    .examples = {{"date_diff(t\"2026-01-31T23:00:00Z\", t\"2026-02-01T01:00:00Z\", \"UTC\")", "1"},
                 {"date_diff(t\"2026-02-01\", t\"2026-01-01\", \"UTC\")", "-31"},
                 {"date_diff(t\"2026-01-31T23:00:00Z\", t\"2026-02-01T01:00:00Z\", \"Europe/Berlin\")", "0"}},
    .cost = {.per_row = 2.0},
    .aliases = "datediff days_between date_sub_days day_diff",
    .see_also = "start_of_day total_days",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
