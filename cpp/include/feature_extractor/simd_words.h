// Words of 64 bits in the registers of each SIMD level. Apart from simd_levels.h, since the compiler's own header is long.
#pragma once

#include "feature_extractor/simd_levels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace feature_extractor {

#if defined(__x86_64__)

// Words `begin` to `begin` + 3 of an array of `size`; 0 stands behind the end, which is not read.
FEATURE_EXTRACTOR_X86_V3 inline __m256i load_words_x86_v3(const uint64_t* words, uint32_t begin, uint32_t size) {
  const auto* at = reinterpret_cast<const long long*>(words + begin);
  if (begin + 4 <= size) return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  const __m256i numbers = _mm256_set_epi64x(3, 2, 1, 0);
  const __m256i left = _mm256_set1_epi64x(static_cast<int64_t>(size) - static_cast<int64_t>(begin));
  return _mm256_maskload_epi64(at, _mm256_cmpgt_epi64(left, numbers));
}

// One bit per lane of 64 bits: its highest.
FEATURE_EXTRACTOR_X86_V3 inline uint64_t sign_bits_x86_v3(__m256i lanes) {
  return static_cast<uint32_t>(_mm256_movemask_pd(_mm256_castsi256_pd(lanes)));
}

// The words whose bits are set in the lowest eight of `lanes`; 0 stands for the others, which are not read.
FEATURE_EXTRACTOR_X86_V4 inline __m512i load_words_x86_v4(const void* words, uint32_t lanes) {
  return _mm512_maskz_loadu_epi64(static_cast<__mmask8>(lanes), words);
}

#endif

}  // namespace feature_extractor
