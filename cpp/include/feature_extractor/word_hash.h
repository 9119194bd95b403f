// The hash of a column of ints, by arithmetic that vector registers have: the same bits as value_hash.
#pragma once

#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"

namespace feature_extractor::word_hash {

// A product of 64 by 64 bits, from four products of 32 by 32, which every SIMD level has.
struct Product {
  uint64_t low;
  uint64_t high;
};

[[gnu::always_inline]] inline Product multiply(uint64_t x, uint64_t y) {
  constexpr uint64_t kHalf = 0xFFFFFFFF;
  const uint64_t low = (x & kHalf) * (y & kHalf);
  const uint64_t left = (x >> 32) * (y & kHalf);
  const uint64_t right = (x & kHalf) * (y >> 32);
  const uint64_t high = (x >> 32) * (y >> 32);
  const uint64_t middle =
      (low >> 32) + (left & kHalf) + right;  // Below 2^64: its parts are at most 2^32 - 1 and (2^32 - 1)^2.
  return {(low & kHalf) | middle << 32, high + (left >> 32) + (middle >> 32)};
}

// The encoding is the tag and the eight bytes of the int; XXH3 of nine bytes takes the first and the last eight of them.
[[gnu::always_inline]] inline uint64_t of(int64_t value, uint64_t seed, uint64_t low_secret, uint64_t high_secret) {
  const auto word = static_cast<uint64_t>(value);
  const uint64_t low = (static_cast<uint64_t>(encoding::kInt) | word << 8) ^ (low_secret + seed);
  const uint64_t high = word ^ (high_secret - seed);
  const Product product = multiply(low, high);
  uint64_t hash = 9 + __builtin_bswap64(low) + high + (product.low ^ product.high);
  hash ^= hash >> 37;
  hash *= 0x165667919E3779F9u;
  return hash ^ hash >> 32;
}

inline uint64_t secret(size_t at) {
  uint64_t pair[2];
  __builtin_memcpy(pair, XXH3_kSecret + at, sizeof(pair));
  return pair[0] ^ pair[1];
}

}  // namespace feature_extractor::word_hash
