// truncate_time(t, unit, zone): when the hour, day, week ... began.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct TruncateTime {
  enum class Unit { kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear };
  struct State {
    Unit unit;
    const TimeZone* zone;
  };
  static Nullable<State> bind(Text unit, const TimeZone* zone, BindError& error) {
    constexpr Text kNames[] = {"second", "minute", "hour", "day", "week", "month", "quarter", "year"};
    for (int i = 0; i < 8; ++i) {
      if (unit == kNames[i]) return State{static_cast<Unit>(i), zone};
    }
    error.set("The units are second, minute, hour, day, week, month, quarter and year.");
    return null;
  }
  static Nullable<Timestamp> eval(const State& state, Timestamp t) {
    const TimeZone& zone = *state.zone;
    const int64_t local = zone.local(t.microseconds);
    const int64_t in_day = calendar::microsecond_of_day(local);
    int64_t start;
    if (state.unit <= Unit::kHour) {
      constexpr int64_t kLengths[] = {calendar::kSecond, calendar::kMinute, calendar::kHour};
      // Within an hour the offset of `t` counts as long as it held: an hour that comes twice is two hours.
      const int64_t within = in_day % kLengths[static_cast<int>(state.unit)];
      if (__builtin_sub_overflow(t.microseconds, within, &start)) return null;
      if (zone.offset_seconds(start) == zone.offset_seconds(t.microseconds)) return Timestamp{start};
      if (__builtin_sub_overflow(local, within, &start)) return null;
      return Timestamp{zone.instant(start, TimeZone::Gap::kFirstInstant)};
    }
    const int32_t day = calendar::days(local);
    const calendar::Date date = calendar::date_from_days(day);
    int32_t first = day;
    switch (state.unit) {
      case Unit::kWeek:
        first = day + 1 - static_cast<int32_t>(calendar::day_of_week(day));
        break;
      case Unit::kMonth:
        first = day + 1 - static_cast<int32_t>(date.day);
        break;
      case Unit::kQuarter:
        first = calendar::days_from_date(date.year, (date.month - 1u) / 3u * 3u + 1u, 1);
        break;
      case Unit::kYear:
        first = day + 1 - static_cast<int32_t>(date.day_of_year);
        break;
      default:
        break;
    }
    if (__builtin_mul_overflow(static_cast<int64_t>(first), calendar::kDay, &start)) return null;
    return Timestamp{zone.instant(start, TimeZone::Gap::kFirstInstant)};
  }
};

constexpr Operator kOperator = {
    .name = "truncate_time",
    .summary = "Give the instant at which a second, minute, hour, day, week, month, quarter or year began",
    .detail = "Cuts the local time of the zone. Weeks start on Monday, as in ISO 8601.",
    .parameters = {{"t", "the instant"}, {"unit", "what to cut to"}, {"zone", "the time zone of the calendar"}},
    .overloads = {overload<"(t: timestamp, unit: const "
                           "string{\"second\",\"minute\",\"hour\",\"day\",\"week\",\"month\",\"quarter\",\"year\"}, "
                           "zone: zone) -> timestamp",
                           TruncateTime>()},
    .edges = {{"the unit began while the clocks were put forward over its start", "the instant at which they were"},
              {"an hour comes twice", "each one begins for itself; a day that has midnight twice begins at the first"},
              {"the unit began before the first timestamp", "null"}},
    .examples = {{"truncate_time(t\"2026-01-31T12:34:56Z\", \"hour\", \"UTC\")", "t\"2026-01-31T12:00:00Z\""},
                 {"truncate_time(t\"2026-01-31T12:34:56Z\", \"month\", \"Asia/Shanghai\")",
                  "t\"2025-12-31T16:00:00Z\""},
                 {"truncate_time(t\"2026-01-31T12:34:56Z\", \"week\", \"UTC\")", "t\"2026-01-26T00:00:00Z\""}},
    .cost = {.per_row = 8.0},
    .aliases = "date_trunc trunc floor_time time_bucket toStartOfInterval",
    .see_also = "start_of_day add_months",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
