// to_unix_microseconds(t): the Unix time in microseconds.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ToMicroseconds {
  static int64_t eval(Timestamp t) { return t.microseconds; }
};

constexpr Operator kOperator = {
    .name = "to_unix_microseconds",
    .summary = "Count the microseconds since 1970-01-01T00:00:00 UTC",
    .detail = "This is how timestamps are stored.",
    .parameters = {{"t", "the instant"}},
    .overloads = {overload<"(t: timestamp) -> int", ToMicroseconds>()},
    .edges = {{"the instant is before 1970", "negative"}},
    .examples = {{"to_unix_microseconds(t\"2023-11-14T22:13:20.123456Z\")", "1700000000123456"}},
    .cost = {.per_row = 0.6},
    .aliases = "unix_micros to_epoch_micros toUnixTimestamp64Micro",
    .see_also = "from_unix_microseconds total_seconds",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
