// add_months(t, months, zone): the same day and time some months later.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct AddMonths {
  struct State {
    const TimeZone* zone;
  };
  static Nullable<State> bind(const TimeZone* zone, BindError&) { return State{zone}; }
  static Nullable<Timestamp> eval(const State& state, Timestamp t, int64_t months) {
    // More months than all timestamps span have no result; the bound keeps what follows within 64 bits.
    constexpr int64_t kMost = 12 * 600'000;
    if (months < -kMost || months > kMost) return null;
    const int64_t local = state.zone->local(t.microseconds);
    const calendar::Date date = calendar::date_from_days(calendar::days(local));
    const int64_t month = int64_t{date.year} * 12 + (date.month - 1) + months;
    const int64_t year = (month >= 0 ? month : month - 11) / 12;
    if (year < -290'308 || year > 294'247) return null;
    const auto target_year = static_cast<int32_t>(year);
    const auto target_month = static_cast<uint32_t>(month - 12 * year) + 1u;
    const uint32_t last = calendar::days_in_month(target_year, target_month);
    const uint32_t day = date.day < last ? date.day : last;
    int64_t result;
    if (__builtin_mul_overflow(
            static_cast<int64_t>(calendar::days_from_date(target_year, target_month, static_cast<int32_t>(day))),
            calendar::kDay, &result) ||
        __builtin_add_overflow(result, calendar::microsecond_of_day(local), &result)) {
      return null;
    }
    return Timestamp{state.zone->instant(result, TimeZone::Gap::kShiftForward)};
  }
};

constexpr Operator kOperator = {
    .name = "add_months",
    .summary = "Move an instant by calendar months",
    .detail = "The local date moves by whole months and the local time of day stays.",
    .parameters = {{"t", "the instant"},
                   {"months", "how many months; negative ones go back"},
                   {"zone", "the time zone of the calendar"}},
    .overloads = {overload<"(t: timestamp, months: int, zone: zone) -> timestamp", AddMonths>()},
    .edges = {{"the month has no such day", "its last day, as in SQL and java.time"},
              {"the local time falls into a gap, because the clocks are put forward over it",
               "it moves forward by the length of the gap (java.time, RFC 5545)"},
              {"the local time comes twice", "the earlier one"},
              {"the result is no timestamp", "null"}},
    .examples = {{"add_months(t\"2026-01-31T12:00:00Z\", 1, \"UTC\")", "t\"2026-02-28T12:00:00Z\""},
                 {"add_months(t\"2026-03-15\", -12, \"UTC\")", "t\"2025-03-15\""}},
    .cost = {.per_row = 10.0},
    .aliases = "date_add_months month_add plus_months addMonths dateadd",
    .see_also = "truncate_time add",
    .source = "RFC 5545, section 3.3.5; java.time.ZonedDateTime.plusMonths",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
