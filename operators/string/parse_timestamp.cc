// parse_timestamp(s): the instant that a text spells in RFC 3339.
#include "feature_extractor/calendar_text.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseTimestamp {
  static Nullable<Timestamp> eval(Text s) { return calendar::parse_rfc3339(s); }
};

constexpr Operator kOperator = {
    .name = "parse_timestamp",
    .summary = "Read a timestamp in RFC 3339",
    .detail =
        "A space may stand for the `T`, and letters may be small. Use `parse_time` for other forms, "
        "and for local times of a zone.",
    .parameters = {{"s", "a date, a time and an offset, such as `2026-01-31T12:00:00Z`"}},
    .overloads = {overload<"(s: string) -> timestamp?", ParseTimestamp>()},
    .edges = {{"the text is something else, or there is no such day", "null"},
              {"there is no offset", "null: the instant would be a guess"},
              {"more than six digits of a second", "those below a microsecond are cut off"},
              {"a leap second (`:60`)", "null: POSIX time has none"},
              {"the year 0000", "is a year; negative years and those above 9999 cannot be written"}},
    .examples = {{"parse_timestamp(\"2026-01-31T12:00:00Z\")", "t\"2026-01-31T12:00:00Z\""},
                 {"parse_timestamp(\"2026-01-31T20:00:00.5+08:00\")", "t\"2026-01-31T12:00:00.5Z\""},
                 {"parse_timestamp(\"2026-01-31\")", "null"}},
    .cost = {.per_row = 15.0},
    .aliases = "to_timestamp timestamp cast_timestamp from_iso8601_timestamp parseDateTime64",
    .see_also = "parse_time to_string from_unix_seconds",
    .source = "RFC 3339, section 5.6",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
