// bucketize_log(x, base, buckets): buckets that grow by a factor.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BucketizeLog {
  static Nullable<int64_t> eval(double x, double base, int64_t buckets) {
    const double last = integer::to_float(buckets) - 1.0;
    const double level = math::floor(math::log_base(math::at_least(x, 1.0), base)) + 1.0;
    const double bucket = math::select(x < 1.0, 0.0, math::at_most(level, last));
    const Nullable<int64_t> result = integer::from_whole(bucket);
    return Nullable<int64_t>::where((base > 1.0) & (buckets > 0) & result.has_value(), buckets == 1 ? 0 : *result);
  }
};

constexpr Operator kOperator = {
    .name = "bucketize_log",
    .summary = "Number the bucket of a number among buckets that grow by a factor",
    .detail =
        "Bucket 0 holds everything below 1, bucket k the numbers from `base ** (k - 1)` to below `base ** "
        "k`, and the last one, `buckets - 1`, everything from there on. So there are `buckets` ids. Good "
        "for counts.",
    .parameters = {{"x", "the number"},
                   {"base", "the factor between two boundaries, above 1"},
                   {"buckets", "the number of buckets, 1 or more"}},
    .overloads = {overload<"(x: float, base: float, buckets: int) -> int", BucketizeLog>()},
    .edges = {{"`x` is zero or negative", "0"},
              {"`x` is a power of `base`", "the bucket that begins there; exact where the power is"},
              {"`base` is 1 or less, or `buckets` is less than 1", "null"}},
    .examples = {{"bucketize_log(0, 2.0, 8)", "0"},
                 {"bucketize_log(1, 2.0, 8)", "1"},
                 {"bucketize_log(1000, 10.0, 8)", "4"},
                 {"bucketize_log(1e9, 10.0, 8)", "7"}},
    .cost = {.per_row = 3.0},
    .aliases = "log_bucket exponential_bucket geometric_bucket",
    .see_also = "bucketize bucketize_equal_width log",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
