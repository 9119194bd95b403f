// is_weekend(t, zone): whether a day is a Saturday or a Sunday.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct IsWeekend {
  struct State {
    const TimeZone* zone;
  };
  static Nullable<State> bind(const TimeZone* zone, BindError&) { return State{zone}; }
  static bool eval(const State& state, Timestamp t) { return weekday(state.zone->local(t.microseconds)) >= 6; }
  static void run(const State& state, uint32_t rows, const int64_t* instants, uint8_t* out) {
    constexpr uint32_t kTile = 256;
    int64_t buffer[kTile];
    uint32_t weekdays[kTile];  // Between loops of one width each, which is what compilers vectorise.
    for (uint32_t begin = 0; begin < rows; begin += kTile) {
      const uint32_t count = rows - begin < kTile ? rows - begin : kTile;
      const int64_t* local = calendar::local_times(*state.zone, count, instants + begin, buffer);
      for (uint32_t i = 0; i < count; ++i) weekdays[i] = weekday(local[i]);
      uint8_t* __restrict to = out + begin;
      for (uint32_t i = 0; i < count; ++i) to[i] = weekdays[i] >= 6 ? 1 : 0;
    }
  }

 private:
  [[gnu::always_inline]] static uint32_t weekday(int64_t local) { return calendar::day_of_week(calendar::days(local)); }
};

constexpr Operator kOperator = {
    .name = "is_weekend",
    .summary = "Tell whether the day is a Saturday or a Sunday",
    .detail = "Read in the local time of the zone. Where the weekend has other days, compare `day_of_week`.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> bool", IsWeekend>()},
    .examples = {{"is_weekend(t\"2026-01-31T12:00:00Z\", \"UTC\")", "true"},
                 {"is_weekend(t\"2026-02-01T23:30:00Z\", \"Europe/Berlin\")", "false"}},
    .cost = {.per_row = 1.5},
    .aliases = "weekend isWeekend",
    .see_also = "day_of_week hour_of_week",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
