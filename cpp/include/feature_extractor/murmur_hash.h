// MurmurHash 2 and 3 by Austin Appleby, from the definition in https://github.com/aappleby/smhasher/wiki. They are here
// for models whose ids other systems made with them; new programs take `hash`.
//
// The words of a text are read in little endian, as all systems do that publish values.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::murmur {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the words are read in the machine's order");

template <class Word>
[[gnu::always_inline]] inline Word load(const char* at) {
  Word word;
  __builtin_memcpy(&word, at, sizeof(word));
  return word;
}

[[gnu::always_inline]] inline uint32_t rotate_left(uint32_t x, int by) { return x << by | x >> (32 - by); }
[[gnu::always_inline]] inline uint64_t rotate_left(uint64_t x, int by) { return x << by | x >> (64 - by); }

// Up to seven bytes as a little-endian number.
[[gnu::always_inline]] inline uint64_t partial_word(const char* at, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) word |= static_cast<uint64_t>(static_cast<uint8_t>(at[i])) << (8 * i);
  return word;
}

// ---- MurmurHash3_x86_32

[[gnu::always_inline]] inline uint32_t scramble_32(uint32_t word) {
  return rotate_left(word * 0xCC9E2D51u, 15) * 0x1B873593u;
}

[[gnu::always_inline]] inline uint32_t mix_32(uint32_t hash, uint32_t word) {
  return rotate_left(hash ^ scramble_32(word), 13) * 5 + 0xE6546B64u;
}

[[gnu::always_inline]] inline uint32_t finish_32(uint32_t hash) {
  hash = (hash ^ hash >> 16) * 0x85EBCA6Bu;
  hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
  return hash ^ hash >> 16;
}

inline uint32_t murmur3_32(Text text, uint32_t seed) {
  const char* const bytes = text.data();
  const size_t size = text.size();
  uint32_t hash = seed;
  size_t at = 0;
  for (; at + 4 <= size; at += 4) hash = mix_32(hash, load<uint32_t>(bytes + at));
  hash ^= scramble_32(static_cast<uint32_t>(partial_word(bytes + at, size - at)));  // Zero bytes change nothing.
  return finish_32(hash ^ static_cast<uint32_t>(size));
}

// The same hash of an integer's four or eight bytes.
[[gnu::always_inline]] inline uint32_t murmur3_32_of_int(uint32_t value, uint32_t seed) {
  return finish_32(mix_32(seed, value) ^ 4);
}
[[gnu::always_inline]] inline uint32_t murmur3_32_of_long(uint64_t value, uint32_t seed) {
  const uint32_t hash = mix_32(mix_32(seed, static_cast<uint32_t>(value)), static_cast<uint32_t>(value >> 32));
  return finish_32(hash ^ 8);
}

// ---- MurmurHash3_x64_128

struct Pair {
  uint64_t low;
  uint64_t high;
};

[[gnu::always_inline]] inline uint64_t finish_64(uint64_t hash) {
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDu;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53u;
  return hash ^ hash >> 33;
}

inline Pair murmur3_128(Text text, uint64_t seed) {
  constexpr uint64_t kFirst = 0x87C37B91114253D5u;
  constexpr uint64_t kSecond = 0x4CF5AD432745937Fu;
  const auto scramble_low = [](uint64_t word) { return rotate_left(word * kFirst, 31) * kSecond; };
  const auto scramble_high = [](uint64_t word) { return rotate_left(word * kSecond, 33) * kFirst; };
  const char* bytes = text.data();
  const size_t size = text.size();
  uint64_t low = seed;
  uint64_t high = seed;
  size_t left = size;
  for (; left >= 16; left -= 16, bytes += 16) {
    low = (rotate_left(low ^ scramble_low(load<uint64_t>(bytes)), 27) + high) * 5 + 0x52DCE729u;
    high = (rotate_left(high ^ scramble_high(load<uint64_t>(bytes + 8)), 31) + low) * 5 + 0x38495AB5u;
  }
  if (left > 8) high ^= scramble_high(partial_word(bytes + 8, left - 8));
  if (left > 0) low ^= scramble_low(left >= 8 ? load<uint64_t>(bytes) : partial_word(bytes, left));
  low ^= size;
  high ^= size;
  low += high;
  high += low;
  low = finish_64(low);
  high = finish_64(high);
  low += high;
  return {low, high + low};
}

// ---- MurmurHash2 and MurmurHash64A

inline uint32_t murmur2_32(Text text, uint32_t seed) {
  constexpr uint32_t kFactor = 0x5BD1E995u;
  const char* const bytes = text.data();
  const size_t size = text.size();
  uint32_t hash = seed ^ static_cast<uint32_t>(size);
  size_t at = 0;
  for (; at + 4 <= size; at += 4) {
    const uint32_t word = load<uint32_t>(bytes + at) * kFactor;
    hash = hash * kFactor ^ (word ^ word >> 24) * kFactor;
  }
  if (at < size) hash = (hash ^ static_cast<uint32_t>(partial_word(bytes + at, size - at))) * kFactor;
  hash = (hash ^ hash >> 13) * kFactor;
  return hash ^ hash >> 15;
}

inline uint64_t murmur2_64(Text text, uint64_t seed) {
  constexpr uint64_t kFactor = 0xC6A4A7935BD1E995u;
  const char* const bytes = text.data();
  const size_t size = text.size();
  uint64_t hash = seed ^ size * kFactor;
  size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    const uint64_t word = load<uint64_t>(bytes + at) * kFactor;
    hash = (hash ^ (word ^ word >> 47) * kFactor) * kFactor;
  }
  if (at < size) hash = (hash ^ partial_word(bytes + at, size - at)) * kFactor;
  hash = (hash ^ hash >> 47) * kFactor;
  return hash ^ hash >> 47;
}

}  // namespace feature_extractor::murmur
