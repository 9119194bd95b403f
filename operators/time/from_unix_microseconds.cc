// from_unix_microseconds(x): the instant of a Unix time in microseconds.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct FromMicroseconds {
  static Timestamp eval(int64_t x) { return {x}; }
};

constexpr Operator kOperator = {
    .name = "from_unix_microseconds",
    .summary = "Make a timestamp of microseconds since 1970-01-01T00:00:00 UTC",
    .detail = "Unix (POSIX) time has no leap seconds.",
    .parameters = {{"x", "microseconds"}},
    .overloads = {overload<"(x: int) -> timestamp", FromMicroseconds>()},
    .edges = {{"`x` is negative", "an instant before 1970"}},
    .examples = {{"from_unix_microseconds(1700000000123456)", "t\"2023-11-14T22:13:20.123456Z\""}},
    .cost = {.per_row = 0.6},
    .aliases = "timestamp_micros from_epoch_micros fromUnixTimestamp64Micro",
    .see_also = "to_unix_microseconds parse_timestamp",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
