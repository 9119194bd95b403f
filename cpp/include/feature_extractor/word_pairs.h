// Two short arrays of 64-bit words, compared all with all in registers: which words of one are in the other, and which come
// twice. Up to about 64 words this is faster than any table, because nothing branches on the data.
//
// There is one form per SIMD level; all give the same masks. They are compiled once (cpp/src/sets), for all operators.
#pragma once

#include "feature_extractor/simd_levels.h"

namespace feature_extractor {

// The most words of an array, since a bit stands for each.
inline constexpr uint32_t kPairWords = 64;

// Bit i is set where words[i] is one of `others`. At most 64 words; any number of others.
uint64_t words_found(const uint64_t* words, uint32_t size, const uint64_t* others, uint32_t count);
// Bit i is set where an equal word stands before words[i]. At most 64 words.
uint64_t words_repeated(const uint64_t* words, uint32_t size);

#if defined(__x86_64__)

FEATURE_EXTRACTOR_X86_V3 uint64_t words_found_x86_v3(const uint64_t* words, uint32_t size, const uint64_t* others,
                                                     uint32_t count);
FEATURE_EXTRACTOR_X86_V3 uint64_t words_repeated_x86_v3(const uint64_t* words, uint32_t size);
FEATURE_EXTRACTOR_X86_V4 uint64_t words_found_x86_v4(const uint64_t* words, uint32_t size, const uint64_t* others,
                                                     uint32_t count);
FEATURE_EXTRACTOR_X86_V4 uint64_t words_repeated_x86_v4(const uint64_t* words, uint32_t size);

#endif

template <SimdLevel Level>
[[gnu::always_inline]] inline uint64_t words_found_at(const uint64_t* words, uint32_t size, const uint64_t* others,
                                                      uint32_t count) {
#if defined(__x86_64__)
  if constexpr (Level == SimdLevel::kX86V4) return words_found_x86_v4(words, size, others, count);
  if constexpr (Level == SimdLevel::kX86V3) return words_found_x86_v3(words, size, others, count);
#endif
  return words_found(words, size, others, count);
}

template <SimdLevel Level>
[[gnu::always_inline]] inline uint64_t words_repeated_at(const uint64_t* words, uint32_t size) {
#if defined(__x86_64__)
  if constexpr (Level == SimdLevel::kX86V4) return words_repeated_x86_v4(words, size);
  if constexpr (Level == SimdLevel::kX86V3) return words_repeated_x86_v3(words, size);
#endif
  return words_repeated(words, size);
}

}  // namespace feature_extractor
