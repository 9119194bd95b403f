// What MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4) have in common: a text is cut into blocks of 64 bytes, the last of
// them filled with a one bit, zeros and the size in bits; each block changes a state of 32-bit words, which is the digest.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::digest {

[[gnu::always_inline]] inline uint32_t rotate_left(uint32_t x, int by) { return x << by | x >> (32 - by); }

// Algorithm has kBigEndian, kWords, `static constexpr uint32_t kStart[kWords]` and
// `static void change(uint32_t* state, const uint32_t* block)`.
template <class Algorithm>
inline Text compute(Text text, Arena& arena) {
  const auto ordered = [](uint32_t word) { return Algorithm::kBigEndian ? __builtin_bswap32(word) : word; };
  uint32_t state[Algorithm::kWords];
  __builtin_memcpy(state, Algorithm::kStart, sizeof(state));
  const auto change = [&](const char* bytes) {
    uint32_t block[16];
    __builtin_memcpy(block, bytes, sizeof(block));
    for (uint32_t& word : block) word = ordered(word);
    Algorithm::change(state, block);
  };
  const char* at = text.data();
  size_t left = text.size();
  for (; left >= 64; left -= 64, at += 64) change(at);
  char last[128] = {};
  if (left != 0) __builtin_memcpy(last, at, left);
  last[left] = '\x80';
  const size_t size = left < 56 ? 64 : 128;
  const uint64_t bits = static_cast<uint64_t>(text.size()) * 8;
  const uint64_t written = Algorithm::kBigEndian ? __builtin_bswap64(bits) : bits;
  __builtin_memcpy(last + size - 8, &written, sizeof(written));
  for (size_t block = 0; block < size; block += 64) change(last + block);
  char* const out = arena.allocate(sizeof(state));
  for (uint32_t& word : state) word = ordered(word);
  __builtin_memcpy(out, state, sizeof(state));
  return {out, sizeof(state)};
}

}  // namespace feature_extractor::digest
