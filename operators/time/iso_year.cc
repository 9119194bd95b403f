// iso_year(t, zone): the year to which the week of ISO 8601 belongs.
#include "feature_extractor/calendar.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct IsoYear {
  [[gnu::always_inline]] static int64_t of(int64_t local) {
    const int32_t day = calendar::days(local);
    const int32_t thursday = day + 4 - static_cast<int32_t>(calendar::day_of_week(day));
    return calendar::date_from_days(thursday).year;
  }
};

constexpr Operator kOperator = {
    .name = "iso_year",
    .summary = "Give the year to which the week of ISO 8601 belongs",
    .detail =
        "Read in the local time of the zone, by the proleptic Gregorian calendar. It goes with `week_of_year`: a week "
        "belongs to the year that has its Thursday.",
    .parameters = {{"t", "the instant"},
                   {"zone", "the time zone, an IANA name such as `\"Europe/Berlin\"` or `\"UTC\"`"}},
    .overloads = {overload<"(t: timestamp, zone: zone) -> int", calendar::FieldKernel<IsoYear>>()},
    .edges = {{"the first days of January", "may belong to the year before"},
              {"the last days of December", "may belong to the next year"}},
    .examples = {{"iso_year(t\"2021-01-03\", \"UTC\")", "2020"}, {"iso_year(t\"2024-12-30\", \"UTC\")", "2025"}},
    .cost = {.per_row = 2.5},
    .aliases = "isoyear week_year year_of_week toISOYear yearweek",
    .see_also = "week_of_year year",
    .source = "ISO 8601",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
