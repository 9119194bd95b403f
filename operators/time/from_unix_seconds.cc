// from_unix_seconds(x): the instant of a Unix time in seconds.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct FromSeconds {
  static Nullable<Timestamp> eval(int64_t x) {
    constexpr int64_t kLength = 1'000'000;
    const bool fits = x >= INT64_MIN / kLength && x <= INT64_MAX / kLength;
    return Nullable<Timestamp>::where(fits, {static_cast<int64_t>(static_cast<uint64_t>(x) * kLength)});
  }
};

struct FromFloat {
  static Nullable<Timestamp> eval(double x) {
    const double microseconds = math::round_half_even(x * 1e6);
    const bool fits = microseconds >= -0x1p63 && microseconds < 0x1p63;
    return Nullable<Timestamp>::where(fits, {static_cast<int64_t>(fits ? microseconds : 0.0)});
  }
};

constexpr Operator kOperator = {
    .name = "from_unix_seconds",
    .summary = "Make a timestamp of seconds since 1970-01-01T00:00:00 UTC",
    .detail = "Unix (POSIX) time has no leap seconds. A fraction is rounded to microseconds, ties to even.",
    .parameters = {{"x", "seconds, whole or with a fraction"}},
    .overloads = {overload<"(x: int) -> timestamp", FromSeconds>(), overload<"(x: float) -> timestamp", FromFloat>()},
    .edges = {{"`x` is negative", "an instant before 1970"},
              {"the instant does not fit 64 bits of microseconds", "null"}},
    .examples = {{"from_unix_seconds(1700000000)", "t\"2023-11-14T22:13:20Z\""},
                 {"from_unix_seconds(0.5)", "t\"1970-01-01T00:00:00.5Z\""},
                 {"from_unix_seconds(-1)", "t\"1969-12-31T23:59:59Z\""}},
    .cost = {.per_row = 0.6},
    .aliases = "from_unixtime to_timestamp epoch_seconds timestamp_seconds fromUnixTimestamp from_epoch",
    .see_also = "to_unix_seconds parse_timestamp",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
