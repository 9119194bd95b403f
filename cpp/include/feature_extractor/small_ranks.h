// Sorting a few keys by counting: the place of a key is the number of keys that come before it. All keys are compared with
// all, in registers and without branches, which for short lists is faster than sorting, whose branches nobody can predict.
#pragma once

#include "feature_extractor/simd_words.h"

namespace feature_extractor {

// The most keys for which counting is the faster way.
inline constexpr uint32_t kCountedKeys = 32;

// Writes for each key how many come before it: the smaller ones, and of equal ones those that stand before it. At most
// kCountedKeys; `keys` and `ranks` have room for that many.
[[gnu::noinline]] inline void count_ranks(const int64_t* keys, uint32_t size, uint64_t* ranks) {
  using Pair = int64_t __attribute__((vector_size(16)));
  for (uint32_t i = 0; i < size; i += 2) {
    const int64_t first = keys[i];
    const int64_t second = keys[i + 1 < size ? i + 1 : i];
    const Pair mine = {first, second};
    // Each comparison adds -1 where it holds.
    Pair greater = {0, 0};
    Pair smaller = {0, 0};
    for (uint32_t j = 0; j < i; ++j) {
      const Pair other = {keys[j], keys[j]};
      greater += static_cast<Pair>(other > mine);
    }
    for (uint32_t j = i + 2; j < size; ++j) {
      const Pair other = {keys[j], keys[j]};
      smaller += static_cast<Pair>(mine > other);
    }
    const Pair before = greater - smaller + static_cast<int64_t>(i);
    ranks[i] = static_cast<uint64_t>(before[0]) + (second < first ? 1 : 0);
    if (i + 1 < size) ranks[i + 1] = static_cast<uint64_t>(before[1]) + (first <= second ? 1 : 0);
  }
}

#if defined(__x86_64__)

FEATURE_EXTRACTOR_X86_V4
[[gnu::noinline]] inline void count_ranks_x86_v4(const int64_t* keys, uint32_t size, uint64_t* ranks) {
  const __m512i one = _mm512_set1_epi64(1);
  for (uint32_t begin = 0; begin < size; begin += 8) {
    const auto lanes = static_cast<uint32_t>(low_bits(size - begin)) & 0xFF;
    const __m512i mine = load_words_x86_v4(keys + begin, lanes);
    const uint32_t end = size - begin < 8 ? size : begin + 8;
    __m512i before = _mm512_setzero_si512();
    __m512i before_too = _mm512_setzero_si512();
    for (uint32_t j = 0; j < begin; ++j) {
      const __mmask8 found = _mm512_cmple_epi64_mask(_mm512_set1_epi64(keys[j]), mine);
      before = _mm512_mask_add_epi64(before, found, before, one);
    }
    for (uint32_t j = begin; j < end; ++j) {
      // The lanes behind j count an equal key, those before it only a smaller one.
      const __m512i other = _mm512_set1_epi64(keys[j]);
      const __mmask8 equal = _mm512_mask_cmpeq_epi64_mask(static_cast<__mmask8>(0xFE << (j - begin)), other, mine);
      const __mmask8 less = _mm512_cmplt_epi64_mask(other, mine);
      before = _mm512_mask_add_epi64(before, static_cast<__mmask8>(equal | less), before, one);
    }
    for (uint32_t j = end; j < size; ++j) {
      const __mmask8 found = _mm512_cmplt_epi64_mask(_mm512_set1_epi64(keys[j]), mine);
      before_too = _mm512_mask_add_epi64(before_too, found, before_too, one);
    }
    _mm512_mask_storeu_epi64(ranks + begin, static_cast<__mmask8>(lanes), _mm512_add_epi64(before, before_too));
  }
}

#endif

template <SimdLevel Level>
[[gnu::always_inline]] inline void count_ranks_at(const int64_t* keys, uint32_t size, uint64_t* ranks) {
#if defined(__x86_64__)
  if constexpr (Level == SimdLevel::kX86V4) return count_ranks_x86_v4(keys, size, ranks);
#endif
  return count_ranks(keys, size, ranks);
}

}  // namespace feature_extractor
