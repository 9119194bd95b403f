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

template <>
struct BucketsOfList<int64_t> {
  static constexpr bool kSimd = true;
  static void eval(List<int64_t> xs, int64_t buckets, int64_t seed, ListBuilder<int64_t>& result) {
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      xs.is_null(i) ? result.push_null()
                    : result.push_back(bucket_of(value_hash(xs[i], static_cast<uint64_t>(seed)), buckets));
    }
  }

  // Says that the loop below is the form for columns.
  struct Index {};

  [[gnu::always_inline]] static void hash_elements(size_t size, const int64_t* x, int64_t buckets, int64_t seed,
                                                   int64_t* __restrict out) {
    const uint64_t low = word_hash::secret(24);
    const uint64_t high = word_hash::secret(40);
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < size; ++i) {
      const uint64_t hash = word_hash::of(x[i], static_cast<uint64_t>(seed), low, high);
      out[i] = static_cast<int64_t>(word_hash::multiply(hash, static_cast<uint64_t>(buckets)).high);
    }
  }
};

}  // namespace

namespace adapter {

// Lists that stand one behind the other are hashed as if they were one list.
template <>
struct IndexedLoop<BucketsOfList<int64_t>> {
  static void run(const KernelCall& call) {
    const Column& lists = call.arguments[0];
    const Column& elements = *lists.children;
    const auto* entries = static_cast<const ListEntry*>(lists.data);
    Result& result = *call.result;
    GrowingColumn& grown = *result.children;
    auto* out = static_cast<ListEntry*>(result.data);
    result.has_nulls = call.block_loops->combine_validity(call, ~uint64_t{0}, result.valid);
    if (!result.has_nulls) __builtin_memset(result.valid, 1, call.rows);
    for (uint32_t row = 0; row < call.rows;) {
      const uint32_t first = row;
      const uint32_t begin = entries[row].begin;
      uint32_t size = 0;
      for (; row < call.rows && result.valid[row] != 0 && entries[row].begin == begin + size; ++row) {
        out[row] = {grown.size + size, entries[row].size};
        size += entries[row].size;
      }
      if (row == first) {
        // Null: any other row begins a run.
        out[row++] = {grown.size, 0};
        continue;
      }
      append(elements, begin, size, static_cast<const int64_t*>(call.arguments[1].data)[first],
             static_cast<const int64_t*>(call.arguments[2].data)[first], grown);
    }
  }

 private:
  [[gnu::always_inline]] static void append(const Column& elements, uint32_t begin, uint32_t size, int64_t buckets,
                                            int64_t seed, GrowingColumn& grown) {
    if (size == 0) return;  // There may be no memory yet.
    grown.reserve(size);
    auto* values = static_cast<int64_t*>(grown.data) + grown.size;
    uint8_t* valid = grown.valid + grown.size;
    BucketsOfList<int64_t>::hash_elements(size, static_cast<const int64_t*>(elements.data) + begin, buckets, seed,
                                          values);
    grown.size += size;
    if (elements.valid == nullptr) {
      __builtin_memset(valid, 1, size);
      return;
    }
    uint8_t all = 1;
    for (uint32_t i = 0; i < size; ++i) {
      valid[i] = elements.valid[begin + i] != 0 ? 1 : 0;
      values[i] = valid[i] != 0 ? values[i] : 0;
      all &= valid[i];
    }
    if (all == 0) grown.has_nulls = true;
  }
};

}  // namespace adapter

namespace {

constexpr Operator kOperator = {
    .name = "hash_bucket",
    .summary = "Hash a value, or each element of a list, to an id from 0 to `buckets` - 1",
    .detail =
        "The bucket is floor(h * buckets / 2^64), where h is `hash(x, seed)` as an unsigned number. It is not the "
        "remainder: both are equally even, but this needs no division, and with twice the buckets each bucket is split "
        "in two.",
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
