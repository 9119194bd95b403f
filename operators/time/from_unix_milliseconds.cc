// from_unix_milliseconds(x): the instant of a Unix time in milliseconds.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct FromMilliseconds {
  static Nullable<Timestamp> eval(int64_t x) {
    constexpr int64_t kLength = 1'000;
    const bool fits = x >= INT64_MIN / kLength && x <= INT64_MAX / kLength;
    return Nullable<Timestamp>::where(fits, {static_cast<int64_t>(static_cast<uint64_t>(x) * kLength)});
  }
};

constexpr Operator kOperator = {
    .name = "from_unix_milliseconds",
    .summary = "Make a timestamp of milliseconds since 1970-01-01T00:00:00 UTC",
    .detail = "Unix (POSIX) time has no leap seconds.",
    .parameters = {{"x", "milliseconds"}},
    .overloads = {overload<"(x: int) -> timestamp", FromMilliseconds>()},
    .edges = {{"`x` is negative", "an instant before 1970"},
              {"the instant does not fit 64 bits of microseconds", "null"}},
    .examples = {{"from_unix_milliseconds(1700000000123)", "t\"2023-11-14T22:13:20.123Z\""}},
    .cost = {.per_row = 0.6},
    .aliases = "timestamp_millis epoch_ms from_epoch_millis fromUnixTimestamp64Milli",
    .see_also = "to_unix_milliseconds parse_timestamp",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
