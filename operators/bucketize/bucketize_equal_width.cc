// bucketize_equal_width(x, low, high, buckets): buckets of one width, and one at each end.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BucketizeEqualWidth {
  static Nullable<int64_t> eval(double x, double low, double high, int64_t buckets) {
    const double count = integer::to_float(buckets);
    const double share = math::floor((x - low) / (high - low) * count);
    // A number just below `high` may be rounded up into the next bucket, and one just above `low` never down.
    const double inside = math::at_least(math::at_most(share, count - 1.0), 0.0) + 1.0;
    const double bucket = math::select(x < low, 0.0, math::select(x >= high, count + 1.0, inside));
    const Nullable<int64_t> result = integer::from_whole(bucket);
    const bool exists = (buckets > 0) & (low < high) & (high - low <= math::kLargest);
    return Nullable<int64_t>::where(exists & result.has_value(), *result);
  }
};

constexpr Operator kOperator = {
    .name = "bucketize_equal_width",
    .summary = "Number the bucket of a number among buckets of equal width",
    .detail =
        "Divides `low`..`high` into `buckets` buckets, numbered from 1, each closed on the left: `1 + "
        "floor((x - low) / (high - low) * buckets)`. Below `low` the result is 0, from `high` on `buckets "
        "+ 1`. So there are `buckets + 2` ids, as with SQL's `width_bucket`.",
    .parameters = {{"x", "the number"},
                   {"low", "where the first bucket begins"},
                   {"high", "where the last bucket ends"},
                   {"buckets", "the number of buckets between them, 1 or more"}},
    .overloads = {overload<"(x: float, low: float, high: float, buckets: int) -> int", BucketizeEqualWidth>()},
    .edges = {{"`x` equals `high`", "`buckets + 1`"},
              {"`low` is not less than `high`, or `buckets` is less than 1", "null"},
              {"`high - low` is not finite", "null"},
              {"`buckets + 1` does not fit 64 bits", "null where it would be the result"}},
    .examples = {{"bucketize_equal_width(2.5, 0.0, 10.0, 4)", "2"},
                 {"bucketize_equal_width(-1.0, 0.0, 10.0, 4)", "0"},
                 {"bucketize_equal_width(10.0, 0.0, 10.0, 4)", "5"}},
    .cost = {.per_row = 1.2},
    .aliases = "width_bucket EqualWidthDiscretiser linear_bucket histogram_bucket",
    .see_also = "bucketize bucketize_log",
    .source = "ISO/IEC 9075-2, numeric value function WIDTH_BUCKET",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
