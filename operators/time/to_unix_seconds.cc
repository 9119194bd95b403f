// to_unix_seconds(t): the Unix time in seconds.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ToSeconds {
  static int64_t eval(Timestamp t) {
    constexpr int64_t kLength = 1'000'000;
    const int64_t quotient = t.microseconds / kLength;
    return quotient - (t.microseconds % kLength < 0 ? 1 : 0);
  }
};

constexpr Operator kOperator = {
    .name = "to_unix_seconds",
    .summary = "Count the seconds since 1970-01-01T00:00:00 UTC",
    .detail = "Fractions of a second are rounded down.",
    .parameters = {{"t", "the instant"}},
    .overloads = {overload<"(t: timestamp) -> int", ToSeconds>()},
    .edges = {{"the instant is before 1970", "negative, rounded down"}},
    .examples = {{"to_unix_seconds(t\"2023-11-14T22:13:20Z\")", "1700000000"},
                 {"to_unix_seconds(t\"1969-12-31T23:59:59.5Z\")", "-1"}},
    .cost = {.per_row = 0.6},
    .aliases = "unix_timestamp epoch to_epoch toUnixTimestamp to_unixtime",
    .see_also = "from_unix_seconds total_seconds",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
