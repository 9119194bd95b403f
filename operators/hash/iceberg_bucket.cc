// iceberg_bucket(x, buckets): the partition transform bucket[N] of Apache Iceberg.
#include "feature_extractor/murmur_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

[[gnu::always_inline]] inline int64_t bucket(uint32_t hash, int64_t buckets) {
  // The range of `buckets` is checked when the program is compiled; 1 keeps the division safe whatever comes here.
  const auto divisor = static_cast<uint32_t>(buckets > 0 && buckets <= INT32_MAX ? buckets : 1);
  return (hash & 0x7FFFFFFFu) % divisor;
}

template <class T>
struct BucketOfText {
  static int64_t eval(T x, int64_t buckets) { return bucket(murmur::murmur3_32(Storage<T>::to(x), 0), buckets); }
};

template <class T>
struct BucketOfLong {
  static int64_t eval(T x, int64_t buckets) {
    return bucket(murmur::murmur3_32_of_long(static_cast<uint64_t>(Storage<T>::to(x)), 0), buckets);
  }
};

constexpr Operator kOperator = {
    .name = "iceberg_bucket",
    .summary = "Compute the partition transform `bucket[N]` of Apache Iceberg",
    .detail =
        "(murmur3_x86_32(x) & (2^31 - 1)) % buckets, where an int is hashed as the 8 bytes of a long, a timestamp as "
        "its microseconds, and text as UTF-8. A date is hashed as an int of days: give the days since 1970.",
    .parameters = {{"x", "the value"}, {"buckets", "N, the number of buckets"}},
    .overloads = {overload<"(x: int, buckets: const int[1..2147483647]) -> int", BucketOfLong<int64_t>>(),
                  overload<"(x: timestamp, buckets: const int[1..2147483647]) -> int", BucketOfLong<Timestamp>>(),
                  overload<"(x: string, buckets: const int[1..2147483647]) -> int", BucketOfText<Text>>(),
                  overload<"(x: bytes, buckets: const int[1..2147483647]) -> int", BucketOfText<Bytes>>()},
    .edges = {{"`x` is null", "null, as in Iceberg"}},
    .examples = {{"iceberg_bucket(34, 2147483647)", "2017239379"}, {"iceberg_bucket(\"iceberg\", 16)", "9"}},
    .cost = {.per_row = 4.0, .per_element = 0.5},
    .aliases = "bucket_transform iceberg_hash bucket",
    .see_also = "murmur3_32 hash_bucket",
    .source = "Apache Iceberg, table specification, Bucket Transform Details and Appendix B",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
