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

[[gnu::always_inline]] inline uint64_t secret(size_t at) {
  uint64_t bytes;
  __builtin_memcpy(&bytes, XXH3_kSecret + at, sizeof(bytes));
  return bytes;
}

[[gnu::always_inline]] inline uint64_t load_word(const char* at) {
  uint64_t word;
  __builtin_memcpy(&word, at, sizeof(word));
  return word;
}

[[gnu::always_inline]] inline uint64_t multiply_and_fold(uint64_t low, uint64_t high) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(low) * high;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// The end of XXH3-64 for more than 8 bytes.
[[gnu::always_inline]] inline uint64_t avalanche(uint64_t hash) {
  hash ^= hash >> 37;
  hash *= 0x165667919E3779F9u;
  return hash ^ hash >> 32;
}

// XXH3-64 of 9 to 16 bytes, as its specification gives it: `first` and `last` are the first and the last 8 of them, which
// overlap. The words stay in registers, where the library's function would read back a buffer that was just written in
// other pieces, and wait for it. Tests compare this form and the next with the library.
[[gnu::always_inline]] inline uint64_t hash_up_to_16(uint64_t first, uint64_t last, uint64_t size, uint64_t seed) {
  const uint64_t low = first ^ ((secret(24) ^ secret(32)) + seed);
  const uint64_t high = last ^ ((secret(40) ^ secret(48)) - seed);
  return avalanche(size + __builtin_bswap64(low) + high + multiply_and_fold(low, high));
}

// The tag and then a word: 9 bytes.
[[gnu::always_inline]] inline uint64_t hash_word(char tag, uint64_t word, uint64_t seed) {
  return hash_up_to_16(static_cast<unsigned char>(tag) | word << 8, word, 9, seed);
}

// One step of XXH3-64 for 17 to 128 bytes: 16 bytes mixed with 16 of the secret.
[[gnu::always_inline]] inline uint64_t mix_16(uint64_t first, uint64_t second, size_t at, uint64_t seed) {
  return multiply_and_fold(first ^ (secret(at) + seed), second ^ (secret(at + 8) - seed));
}

// The general form of XXH3, fed with the header and then the text.
[[gnu::noinline]] inline uint64_t hash_long_text(Text value, uint64_t seed) {
  char header[9] = {kText};
  const uint64_t size = value.size();
  __builtin_memcpy(header + 1, &size, sizeof(size));
  XXH3_state_t state{};
  XXH3_64bits_reset_withSeed(&state, seed);
  XXH3_64bits_update(&state, header, sizeof(header));
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

// The bytes in front of a text are its header: 9 bytes of which the last 7 are zero for any text that is not huge.
[[gnu::always_inline]] inline uint64_t value_hash(Text value, uint64_t seed) {
  using namespace encoding;
  constexpr size_t kHeader = 9;
  constexpr size_t kMost = 128 - kHeader;  // For more than 128 bytes in all, XXH3 has another form.
  const char* const text = value.data();
  const size_t size = value.size();
  const uint64_t head = static_cast<uint64_t>(kText) | static_cast<uint64_t>(size) << 8;
  if (size < 8) {
    // The last 8 bytes of header and text: the text's, with zeros in front.
    uint64_t last = 0;
    if (size >= 4) {
      uint32_t begin;
      uint32_t end;
      __builtin_memcpy(&begin, text, sizeof(begin));
      __builtin_memcpy(&end, text + size - sizeof(end), sizeof(end));
      last = static_cast<uint64_t>(end) << 32 | static_cast<uint64_t>(begin) << (64 - 8 * size);
    } else if (size > 0) {
      const auto byte = [&](size_t at) { return static_cast<uint64_t>(static_cast<unsigned char>(text[at])); };
      // The three may be one and the same byte; they lie where the text puts them.
      last = byte(size - 1) << 56 | byte(size / 2) << (64 - 8 * (size - size / 2)) | byte(0) << (64 - 8 * size);
    }
    return hash_up_to_16(head, last, kHeader + size, seed);
  }
  if (size > kMost) return hash_long_text(value, seed);
  // Eight bytes from text[at] on, where `at` may reach back into the zeros of the header; -8 is the byte with the size.
  const auto word = [&](int64_t at) __attribute__((always_inline)) {
    if (at >= 0) return load_word(text + at);
    // Texts of 8 bytes and of a few more stand side by side, so nothing branches on which it is.
    const uint64_t shifted = load_word(text) << (-4 * at) << (-4 * at);
    return shifted | (at == -8 ? static_cast<uint64_t>(size) : 0);
  };
  const auto end = static_cast<int64_t>(size);
  uint64_t hash = (kHeader + size) * 0x9E3779B185EBCA87u;
  if (size > 32 - kHeader) {
    if (size > 64 - kHeader) {
      if (size > 96 - kHeader) {
        hash += mix_16(load_word(text + 39), load_word(text + 47), 96, seed);
        hash += mix_16(load_word(text + end - 64), load_word(text + end - 56), 112, seed);
      }
      hash += mix_16(load_word(text + 23), load_word(text + 31), 64, seed);
      hash += mix_16(load_word(text + end - 48), load_word(text + end - 40), 80, seed);
    }
    hash += mix_16(load_word(text + 7), load_word(text + 15), 32, seed);
    hash += mix_16(word(end - 32), word(end - 24), 48, seed);
  }
  hash += mix_16(head, load_word(text) << 8, 0, seed);
  hash += mix_16(word(end - 16), load_word(text + end - 8), 16, seed);
  return avalanche(hash);
}

// Spreads a hash over `buckets` numbers: the high half of hash * buckets, both unsigned. As even as the remainder, and needs
// no division.
[[gnu::always_inline]] inline int64_t bucket_of(uint64_t hash, int64_t buckets) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<int64_t>(static_cast<uint64_t>(static_cast<Wide>(hash) * static_cast<uint64_t>(buckets) >> 64));
}

}  // namespace feature_extractor
