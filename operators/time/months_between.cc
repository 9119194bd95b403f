// months_between(a, b, zone): how many whole months lie between two instants.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct MonthsBetween {
  struct State {
    const TimeZone* zone;
  };
  static Nullable<State> bind(const TimeZone* zone, BindError&) { return State{zone}; }
  static int64_t eval(const State& state, Timestamp a, Timestamp b) {
    const int64_t first = state.zone->local(a.microseconds);
    const int64_t second = state.zone->local(b.microseconds);
    const int32_t day = calendar::days(first);
    int32_t last = calendar::days(second);
    const int64_t ahead = calendar::microsecond_of_day(second) - calendar::microsecond_of_day(first);
    // The last day counts only if the time of day is reached, too.
    if (last > day && ahead < 0) --last;
    if (last < day && ahead > 0) ++last;
    const calendar::Date from = calendar::date_from_days(day);
    const calendar::Date to = calendar::date_from_days(last);
    const int64_t months = (int64_t{to.year} - from.year) * 12 + (int64_t{to.month} - from.month);
    if (months > 0 && to.day < from.day) return months - 1;
    if (months < 0 && to.day > from.day) return months + 1;
    return months;
  }
};

constexpr Operator kOperator = {
    .name = "months_between",
    .summary = "Count the whole months from one instant to another",
    .detail =
        "A month is whole when the same day of a later month and the same time of day are reached, in the local time "
        "of the zone. `months_between(born, now, zone) // 12` is an age in years. The same as java.time's "
        "ChronoUnit.MONTHS.between.",
    .parameters = {{"a", "the first instant"}, {"b", "the second instant"}, {"zone", "the time zone of the calendar"}},
    .overloads = {overload<"(a: timestamp, b: timestamp, zone: zone) -> int", MonthsBetween>()},
    .edges = {{"`b` is before `a`", "0 or negative: the whole months of the way back"},
              {"the later month has no such day",
               "it is whole on the first day of the month after it: from 31 January to 28 February is no whole month, "
               "though `add_months` would give that day"},
              {"both are the same instant", "0"}},
    .examples = {{"months_between(t\"2026-01-15\", t\"2026-03-14\", \"UTC\")", "1"},
                 {"months_between(t\"2026-01-15\", t\"2026-03-15\", \"UTC\")", "2"},
                 {"months_between(t\"1990-06-01\", t\"2026-05-31\", \"UTC\") // 12", "35"}},
    .cost = {.per_row = 8.0},
    .aliases = "month_diff datediff_month age years_between months_diff timestampdiff",
    .see_also = "add_months date_diff",
    .source = "java.time.temporal.ChronoUnit.MONTHS.between",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
