// hash_bucket(x, buckets, seed): one of `buckets` ids for a value.
#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"
#include "feature_extractor/word_hash.h"

namespace feature_extractor {
namespace {

template <class T>
struct BucketOfScalar {
  static int64_t eval(T x, int64_t buckets, int64_t seed) {
    return bucket_of(value_hash(x, static_cast<uint64_t>(seed)), buckets);
  }
};

template <>
struct BucketOfScalar<int64_t> {
  static int64_t eval(int64_t x, int64_t buckets, int64_t seed) {
    return bucket_of(value_hash(x, static_cast<uint64_t>(seed)), buckets);
  }
  [[gnu::always_inline]] static void run(size_t rows, const int64_t* x, const int64_t* buckets, const int64_t* seed,
                                         int64_t* __restrict out) {
    const uint64_t low = word_hash::secret(24);
    const uint64_t high = word_hash::secret(40);
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      const uint64_t hash = word_hash::of(x[i], static_cast<uint64_t>(seed[i]), low, high);
      out[i] = static_cast<int64_t>(word_hash::multiply(hash, static_cast<uint64_t>(buckets[i])).high);
    }
  }
};

template <class T>
struct BucketsOfList {
  static void eval(List<T> xs, int64_t buckets, int64_t seed, ListBuilder<int64_t>& result) {
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      xs.is_null(i) ? result.push_null()
                    : result.push_back(bucket_of(value_hash(xs[i], static_cast<uint64_t>(seed)), buckets));
    }
  }
};

constexpr Operator kOperator = {
    .name = "hash_bucket",
    .summary = "Hash a value, or each element of a list, to an id from 0 to `buckets` - 1",
    .detail =
        "The bucket is floor(h * buckets / 2^64), where h is `hash(x, seed)` as an unsigned number. It is not the "
        "remainder: "
        "both are equally even, but this needs no division, and with twice the buckets each bucket is split in two.",
    .parameters = {{"x", "the value or list"},
                   {"buckets", "the number of different ids"},
                   {"seed", "chooses one of many independent hash functions"}},
    .overloads =
        {generic_overload<"<T: scalar>(x: T, buckets: const int[1..9223372036854775807], seed: const int = 0) -> int",
                          BucketOfScalar, bool, int64_t, double, Text>(),
         generic_overload<
             "<T: scalar>(x: list<T>, buckets: const int[1..9223372036854775807], seed: const int = 0) -> list<int>",
             BucketsOfList, bool, int64_t, double, Text>()},
    .edges = {{"the list is empty", "an empty list"},
              {"`x` is null", "null"},
              {"an element of the list is null", "a null element"},
              {"`buckets` is 1", "always 0"},
              {"two values share a bucket", "that happens by chance, as in every hashing system"}},
    .examples = {{"hash_bucket(\"user 7\", 1)", "0"}, {"hash_bucket(42, 1000)", "633"}},
    .cost = {.per_row = 3.5, .per_element = 0.5},
    .aliases = "bucketize_hash categorical_column_with_hash_bucket hash_mod string_to_hash_bucket discrete",
    .see_also = "hash cross modulo_bucket lookup",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
