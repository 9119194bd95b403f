// parse_time(s, format, zone): the instant that a text spells in a given form.
#include "feature_extractor/calendar_text.h"
#include "feature_extractor/operator.h"

#include <optional>

namespace feature_extractor {
namespace {

struct ParseTime {
  struct State {
    calendar::Format format;
    const TimeZone* zone;
  };
  static std::optional<State> bind(Text format, const TimeZone* zone, BindError& error) {
    State state{{}, zone};
    if (!state.format.compile(format, error)) return std::nullopt;
    if (!state.format.has('Y')) {
      error.set("The format has no year: write %Y (or %F).");
      return std::nullopt;
    }
    return state;
  }
  static Nullable<Timestamp> eval(const State& state, Text s) { return state.format.parse(s, *state.zone); }
};

constexpr Operator kOperator = {
    .name = "parse_time",
    .summary = "Read a local time in a given form",
    .detail =
        "The format knows `%Y` (year, four digits), `%m` (month), `%d` (day), `%j` (day of the year), "
        "`%H` `%M` `%S` (hour, minute, second), `%f` (microseconds, six digits), `%u` (day of the "
        "week, 1 is Monday), `%a` and `%b` (English names of three letters), `%z` (offset, such as "
        "`+0200`), `%F` (`%Y-%m-%d`), `%T` (`%H:%M:%S`) and `%%`; everything else stands for itself. "
        "There is no locale. When reading, two-digit fields may have one digit, `%f` one to six, "
        "names may have any case, `%z` may be `Z` or have a colon, and `%u` and `%a` are not compared "
        "with the date. Fields that are not in the format are January, the 1st, and midnight; the "
        "year must be there.",
    .parameters = {{"s", "the text"},
                   {"format", "the form, in the manner of strptime"},
                   {"zone", "the time zone of the local time; it does not count where the format has `%z`"}},
    .overloads = {overload<"(s: string, format: const string, zone: zone) -> timestamp?", ParseTime>()},
    .edges = {{"the text does not fit the format, has something behind it, or there is no such day", "null"},
              {"the local time falls into a gap, because the clocks were put forward over it",
               "it moves forward by the length of the gap (java.time, RFC 5545)"},
              {"the local time came twice", "the earlier one"},
              {"the format has another letter behind `%`, or no year", "an error when the program is compiled"},
              {"white space", "must be there as the format has it"},
              {"digits of two fields touch, as in `%Y%m%d`",
               "each field takes as many digits as it may: `2011110` has the month 11"}},
    .examples = {{"parse_time(\"31/01/2026 20:00\", \"%d/%m/%Y %H:%M\", \"Asia/Shanghai\")",
                  "t\"2026-01-31T12:00:00Z\""},
                 {"parse_time(\"20260131\", \"%Y%m%d\", \"UTC\")", "t\"2026-01-31\""},
                 {"parse_time(\"soon\", \"%F\", \"UTC\")", "null"}},
    .cost = {.per_row = 40.0},
    .aliases = "strptime to_date parseDateTime str_to_date date_parse to_datetime",
    .see_also = "parse_timestamp format_time",
    .source = "POSIX strptime, a subset",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
