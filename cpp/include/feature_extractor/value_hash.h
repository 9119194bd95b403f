// The hash of a value that features and samples see: XXH3-64 with a seed over a documented encoding. It is part of the
// language: it never changes.
//
// The encoding is a tag byte and then the value: text 1, the length in bytes as 8 bytes, the bytes; int 2 and 8 bytes; float 3
// and the 8 bytes of its IEEE 754 form, with 0.0 for -0.0; bool 4 and a byte. All numbers are little endian. Timestamps and
// durations are ints of microseconds, byte strings are texts.
#pragma once

#include "feature_extractor/column.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace feature_extractor {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the encoding is written in the machine's order");

namespace encoding {

inline constexpr char kText = 1;
inline constexpr char kInt = 2;
inline constexpr char kFloat = 3;
inline constexpr char kBool = 4;

// XXH3-64 of the nine bytes of a tag and a word, as its specification gives it for 9 to 16 bytes (the two halves overlap): the
// words stay in registers, where the library's function would read back a buffer that was just written in other pieces.
// Tests compare it with the library.
[[gnu::always_inline]] inline uint64_t hash_word(char tag, uint64_t word, uint64_t seed) {
  const auto secret = [](size_t at) {
    uint64_t bytes;
    __builtin_memcpy(&bytes, XXH3_kSecret + at, sizeof(bytes));
    return bytes;
  };
  const uint64_t low = (static_cast<unsigned char>(tag) | word << 8) ^ ((secret(24) ^ secret(32)) + seed);
  const uint64_t high = word ^ ((secret(40) ^ secret(48)) - seed);
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(low) * high;
  uint64_t hash =
      9 + __builtin_bswap64(low) + high + (static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64));
  hash ^= hash >> 37;
  hash *= 0x165667919E3779F9u;
  return hash ^ hash >> 32;
}

// Streams what does not fit the buffer of the short form; the result is that of the whole encoding at once.
[[gnu::noinline]] inline uint64_t hash_long_text(const char* header, Text value, uint64_t seed) {
  XXH3_state_t state{};
  XXH3_64bits_reset_withSeed(&state, seed);
  XXH3_64bits_update(&state, header, 9);
  XXH3_64bits_update(&state, value.data(), value.size());
  return XXH3_64bits_digest(&state);
}

}  // namespace encoding

[[gnu::always_inline]] inline uint64_t value_hash(int64_t value, uint64_t seed) {
  return encoding::hash_word(encoding::kInt, static_cast<uint64_t>(value), seed);
}

[[gnu::always_inline]] inline uint64_t value_hash(double value, uint64_t seed) {
  return encoding::hash_word(encoding::kFloat, __builtin_bit_cast(uint64_t, value + 0.0), seed);
}

[[gnu::always_inline]] inline uint64_t value_hash(bool value, uint64_t seed) {
  const char encoded[2] = {encoding::kBool, static_cast<char>(value ? 1 : 0)};
  return XXH3_64bits_withSeed(encoded, sizeof(encoded), seed);
}

inline uint64_t value_hash(Text value, uint64_t seed) {
  constexpr size_t kShort = 119;  // With the header 128 bytes, for which XXH3 needs no state.
  char encoded[9 + kShort];
  encoded[0] = encoding::kText;
  const uint64_t size = value.size();
  __builtin_memcpy(encoded + 1, &size, 8);
  if (size > kShort) return encoding::hash_long_text(encoded, value, seed);
  if (size > 0) __builtin_memcpy(encoded + 9, value.data(), size);
  return XXH3_64bits_withSeed(encoded, 9 + size, seed);
}

// Spreads a hash over `buckets` numbers: the high half of hash * buckets, both unsigned. As even as the remainder, and needs
// no division.
[[gnu::always_inline]] inline int64_t bucket_of(uint64_t hash, int64_t buckets) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<int64_t>(static_cast<uint64_t>(static_cast<Wide>(hash) * static_cast<uint64_t>(buckets) >> 64));
}

}  // namespace feature_extractor
