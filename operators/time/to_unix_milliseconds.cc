// to_unix_milliseconds(t): the Unix time in milliseconds.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ToMilliseconds {
  static int64_t eval(Timestamp t) {
    constexpr int64_t kLength = 1'000;
    const int64_t quotient = t.microseconds / kLength;
    return quotient - (t.microseconds % kLength < 0 ? 1 : 0);
  }
};

constexpr Operator kOperator = {
    .name = "to_unix_milliseconds",
    .summary = "Count the milliseconds since 1970-01-01T00:00:00 UTC",
    .detail = "Fractions of a millisecond are rounded down.",
    .parameters = {{"t", "the instant"}},
    .overloads = {overload<"(t: timestamp) -> int", ToMilliseconds>()},
    .edges = {{"the instant is before 1970", "negative, rounded down"}},
    .examples = {{"to_unix_milliseconds(t\"2023-11-14T22:13:20.123Z\")", "1700000000123"}},
    .cost = {.per_row = 0.6},
    .aliases = "unix_millis to_epoch_millis epoch_ms_of toUnixTimestamp64Milli",
    .see_also = "from_unix_milliseconds total_seconds",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
