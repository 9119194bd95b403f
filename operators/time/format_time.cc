// format_time(t, format, zone): an instant as text.
#include "feature_extractor/calendar_text.h"
#include "feature_extractor/operator.h"

#include <optional>

namespace feature_extractor {
namespace {

struct FormatTime {
  struct State {
    calendar::Format format;
    const TimeZone* zone;
  };
  static std::optional<State> bind(Text format, const TimeZone* zone, BindError& error) {
    State state{{}, zone};
    if (!state.format.compile(format, error)) return std::nullopt;
    return state;
  }
  static Nullable<Text> eval(Arena& arena, const State& state, Timestamp t) {
    const int32_t offset = state.zone->offset_seconds(t.microseconds);
    return state.format.format(arena, state.zone->local(t.microseconds), offset);
  }
};

constexpr Operator kOperator = {
    .name = "format_time",
    .summary = "Write an instant as local time in a given form",
    .detail =
        "The format knows `%Y` (year, four digits), `%m` (month), `%d` (day), `%j` (day of the year), "
        "`%H` `%M` `%S` (hour, minute, second), `%f` (microseconds, six digits), `%u` (day of the "
        "week, 1 is Monday), `%a` and `%b` (English names of three letters), `%z` (offset, such as "
        "`+0200`), `%F` (`%Y-%m-%d`), `%T` (`%H:%M:%S`) and `%%`; everything else stands for itself. "
        "There is no locale.",
    .parameters = {{"t", "the instant"},
                   {"format", "the form, in the manner of strftime"},
                   {"zone", "the time zone of the local time"}},
    .overloads = {overload<"(t: timestamp, format: const string, zone: zone) -> string", FormatTime>()},
    .edges = {{"the local year is not in 0 to 9999", "null"},
              {"the format has another letter behind `%`", "an error when the program is compiled"}},
    .examples = {{"format_time(t\"2026-01-31T12:00:00Z\", \"%Y-%m-%d %H:%M\", \"Asia/Shanghai\")",
                  "\"2026-01-31 20:00\""},
                 {"format_time(t\"2026-01-31T12:00:00Z\", \"%a %H\", \"UTC\")", "\"Sat 12\""}},
    .cost = {.per_row = 40.0},
    .aliases = "strftime date_format formatDateTime to_char dt_strftime",
    .see_also = "parse_time to_string truncate_time",
    .source = "POSIX strftime, a subset",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
