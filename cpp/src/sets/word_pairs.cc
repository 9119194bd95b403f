#include "feature_extractor/word_pairs.h"

#include "feature_extractor/simd_words.h"

namespace feature_extractor {

uint64_t words_found(const uint64_t* words, uint32_t size, const uint64_t* others, uint32_t count) {
  using Pair = uint64_t __attribute__((vector_size(16)));
  uint64_t found = 0;
  for (uint32_t begin = 0; begin < size; begin += 8) {
    // Behind the end stands the last word again; its bits are cut off.
    uint64_t block[8];
    for (uint32_t i = 0; i < 8; ++i) block[i] = words[begin + i < size ? begin + i : size - 1];
    Pair x[4];
    __builtin_memcpy(x, block, sizeof(x));
    Pair equal[4] = {};
    for (uint32_t j = 0; j < count; ++j) {
      const Pair other = {others[j], others[j]};
      for (int k = 0; k < 4; ++k) equal[k] |= static_cast<Pair>(x[k] == other);
    }
    for (uint32_t k = 0; k < 4; ++k) found |= ((equal[k][0] & 1) | (equal[k][1] & 2)) << (begin + 2 * k);
  }
  return found & low_bits(size);
}

uint64_t words_repeated(const uint64_t* words, uint32_t size) {
  using Pair = uint64_t __attribute__((vector_size(16)));
  uint64_t repeated = 0;
  for (uint32_t begin = 0; begin < size; begin += 8) {
    uint64_t block[8];
    for (uint32_t i = 0; i < 8; ++i) block[i] = words[begin + i < size ? begin + i : size - 1];
    Pair x[4];
    __builtin_memcpy(x, block, sizeof(x));
    Pair equal[4] = {};
    for (uint32_t j = 0; j < begin; ++j) {
      const Pair other = {words[j], words[j]};
      for (int k = 0; k < 4; ++k) equal[k] |= static_cast<Pair>(x[k] == other);
    }
    // Within the block a word is compared with those behind it.
    for (uint32_t j = 0; j < 7; ++j) {
      const Pair other = {block[j], block[j]};
      for (uint32_t k = j / 2; k < 4; ++k) {
        Pair same = static_cast<Pair>(x[k] == other);
        if (2 * k <= j) same[0] = 0;
        if (2 * k + 1 <= j) same[1] = 0;
        equal[k] |= same;
      }
    }
    for (uint32_t k = 0; k < 4; ++k) repeated |= ((equal[k][0] & 1) | (equal[k][1] & 2)) << (begin + 2 * k);
  }
  return repeated & low_bits(size);
}

#if defined(__x86_64__)

// Four words a register. A block is four registers of words and four of what was found.
FEATURE_EXTRACTOR_X86_V3 uint64_t words_found_x86_v3(const uint64_t* words, uint32_t size, const uint64_t* others,
                                                     uint32_t count) {
  uint64_t found = 0;
  for (uint32_t begin = 0; begin < size; begin += 16) {
    __m256i x[4];
    __m256i equal[4];
    for (uint32_t k = 0; k < 4; ++k) {
      x[k] = load_words_x86_v3(words, begin + 4 * k, size);
      equal[k] = _mm256_setzero_si256();
    }
    for (uint32_t j = 0; j < count; ++j) {
      const __m256i other = _mm256_set1_epi64x(static_cast<int64_t>(others[j]));
      for (int k = 0; k < 4; ++k) equal[k] = _mm256_or_si256(equal[k], _mm256_cmpeq_epi64(x[k], other));
    }
    for (uint32_t k = 0; k < 4; ++k) found |= sign_bits_x86_v3(equal[k]) << (begin + 4 * k);
  }
  return found & low_bits(size);
}

FEATURE_EXTRACTOR_X86_V3 uint64_t words_repeated_x86_v3(const uint64_t* words, uint32_t size) {
  uint64_t repeated = 0;
  for (uint32_t begin = 0; begin < size; begin += 16) {
    const uint32_t end = size - begin < 16 ? size : begin + 16;
    __m256i x[4];
    __m256i equal[4];
    for (uint32_t k = 0; k < 4; ++k) {
      x[k] = load_words_x86_v3(words, begin + 4 * k, size);
      equal[k] = _mm256_setzero_si256();
    }
    for (uint32_t j = 0; j < begin; ++j) {
      const __m256i other = _mm256_set1_epi64x(static_cast<int64_t>(words[j]));
      for (int k = 0; k < 4; ++k) equal[k] = _mm256_or_si256(equal[k], _mm256_cmpeq_epi64(x[k], other));
    }
    uint64_t within = 0;
    for (uint32_t j = begin; j + 1 < end; ++j) {
      const __m256i other = _mm256_set1_epi64x(static_cast<int64_t>(words[j]));
      uint64_t same = 0;
      for (uint32_t k = 0; k < 4; ++k) same |= sign_bits_x86_v3(_mm256_cmpeq_epi64(x[k], other)) << (4 * k);
      within |= same & ~low_bits(j - begin + 1);
    }
    for (uint32_t k = 0; k < 4; ++k) within |= sign_bits_x86_v3(equal[k]) << (4 * k);
    repeated |= within << begin;
  }
  return repeated & low_bits(size);
}

// Eight words a register. What is still missing stays set in mask registers, so that a comparison is one instruction.
FEATURE_EXTRACTOR_X86_V4 uint64_t words_found_x86_v4(const uint64_t* words, uint32_t size, const uint64_t* others,
                                                     uint32_t count) {
  uint64_t found = 0;
  for (uint32_t begin = 0; begin < size; begin += 32) {
    const auto lanes = static_cast<uint32_t>(low_bits(size - begin));
    const __m512i x0 = load_words_x86_v4(words + begin, lanes);
    __mmask8 missing0 = static_cast<__mmask8>(lanes);
    if (lanes <= 0xFFFF) {
      // Two registers, and every other word for a second pair of masks: a chain of masks must not be long.
      const __m512i x1 = load_words_x86_v4(words + begin + 8, lanes >> 8);
      __mmask8 missing1 = static_cast<__mmask8>(lanes >> 8);
      __mmask8 missing2 = missing0;
      __mmask8 missing3 = missing1;
      uint32_t j = 0;
      for (; j + 2 <= count; j += 2) {
        const __m512i first = _mm512_set1_epi64(static_cast<int64_t>(others[j]));
        const __m512i second = _mm512_set1_epi64(static_cast<int64_t>(others[j + 1]));
        missing0 = _mm512_mask_cmpneq_epi64_mask(missing0, x0, first);
        missing1 = _mm512_mask_cmpneq_epi64_mask(missing1, x1, first);
        missing2 = _mm512_mask_cmpneq_epi64_mask(missing2, x0, second);
        missing3 = _mm512_mask_cmpneq_epi64_mask(missing3, x1, second);
      }
      if (j < count) {
        const __m512i first = _mm512_set1_epi64(static_cast<int64_t>(others[j]));
        missing0 = _mm512_mask_cmpneq_epi64_mask(missing0, x0, first);
        missing1 = _mm512_mask_cmpneq_epi64_mask(missing1, x1, first);
      }
      const uint32_t missing = static_cast<uint32_t>(missing0 & missing2) | static_cast<uint32_t>(missing1 & missing3)
                                                                                << 8;
      found |= static_cast<uint64_t>(lanes & ~missing) << begin;
      continue;
    }
    const __m512i x1 = load_words_x86_v4(words + begin + 8, lanes >> 8);
    const __m512i x2 = load_words_x86_v4(words + begin + 16, lanes >> 16);
    const __m512i x3 = load_words_x86_v4(words + begin + 24, lanes >> 24);
    __mmask8 missing1 = static_cast<__mmask8>(lanes >> 8);
    __mmask8 missing2 = static_cast<__mmask8>(lanes >> 16);
    __mmask8 missing3 = static_cast<__mmask8>(lanes >> 24);
    for (uint32_t j = 0; j < count; ++j) {
      const __m512i other = _mm512_set1_epi64(static_cast<int64_t>(others[j]));
      missing0 = _mm512_mask_cmpneq_epi64_mask(missing0, x0, other);
      missing1 = _mm512_mask_cmpneq_epi64_mask(missing1, x1, other);
      missing2 = _mm512_mask_cmpneq_epi64_mask(missing2, x2, other);
      missing3 = _mm512_mask_cmpneq_epi64_mask(missing3, x3, other);
    }
    const uint32_t missing = static_cast<uint32_t>(missing0) | static_cast<uint32_t>(missing1) << 8 |
                             static_cast<uint32_t>(missing2) << 16 | static_cast<uint32_t>(missing3) << 24;
    found |= static_cast<uint64_t>(lanes & ~missing) << begin;
  }
  return found;
}

// The same for 17 to 32 words, which lie in four registers: the words of each register are compared with those behind them.
FEATURE_EXTRACTOR_X86_V4 static uint64_t words_repeated_in_four_x86_v4(const uint64_t* words, uint32_t size) {
  const auto lanes = static_cast<uint32_t>(low_bits(size));
  const __m512i x0 = load_words_x86_v4(words, 0xFF);
  const __m512i x1 = load_words_x86_v4(words + 8, 0xFF);
  const __m512i x2 = load_words_x86_v4(words + 16, lanes >> 16);
  const __m512i x3 = load_words_x86_v4(words + 24, lanes >> 24);
  // In general registers: there are too few mask registers for all that is under way.
  uint32_t equal0 = 0;
  uint32_t equal1 = 0;
  uint32_t equal2 = 0;
  uint32_t equal3 = 0;
#pragma GCC unroll 8
  for (uint32_t j = 0; j < 8; ++j) {
    const __m512i other = _mm512_set1_epi64(static_cast<int64_t>(words[j]));
    equal0 |= _mm512_cmpeq_epi64_mask(x0, other) & (0xFEu << j);
    equal1 |= _mm512_cmpeq_epi64_mask(x1, other);
    equal2 |= _mm512_cmpeq_epi64_mask(x2, other);
    equal3 |= _mm512_cmpeq_epi64_mask(x3, other);
  }
#pragma GCC unroll 8
  for (uint32_t j = 0; j < 8; ++j) {
    const __m512i other = _mm512_set1_epi64(static_cast<int64_t>(words[8 + j]));
    equal1 |= _mm512_cmpeq_epi64_mask(x1, other) & (0xFEu << j);
    equal2 |= _mm512_cmpeq_epi64_mask(x2, other);
    equal3 |= _mm512_cmpeq_epi64_mask(x3, other);
  }
  // Nothing is read behind the end, so the last sixteen are counted.
  const uint32_t third = size < 24 ? size - 16 : 8;
  for (uint32_t j = 0; j < third; ++j) {
    const __m512i other = _mm512_set1_epi64(static_cast<int64_t>(words[16 + j]));
    equal2 |= _mm512_cmpeq_epi64_mask(x2, other) & (0xFEu << j);
    equal3 |= _mm512_cmpeq_epi64_mask(x3, other);
  }
  for (uint32_t j = 24; j + 1 < size; ++j) {
    const __m512i other = _mm512_set1_epi64(static_cast<int64_t>(words[j]));
    equal3 |= _mm512_cmpeq_epi64_mask(x3, other) & (0xFEu << (j - 24));
  }
  return ((equal0 & 0xFF) | (equal1 & 0xFF) << 8 | (equal2 & 0xFF) << 16 | equal3 << 24) & lanes;
}

FEATURE_EXTRACTOR_X86_V4 uint64_t words_repeated_x86_v4(const uint64_t* words, uint32_t size) {
  if (size > 16 && size <= 32) return words_repeated_in_four_x86_v4(words, size);
  uint64_t repeated = 0;
  // For each register of words: those before it, then those within it.
  for (uint32_t begin = 0; begin < size; begin += 8) {
    const auto lanes = static_cast<__mmask8>(low_bits(size - begin));
    const __m512i x = load_words_x86_v4(words + begin, lanes);
    // Four chains of masks.
    __mmask8 once[4] = {lanes, lanes, lanes, lanes};
    for (uint32_t j = 0; j < begin; j += 4) {
      for (uint32_t k = 0; k < 4; ++k) {
        const __m512i other = _mm512_set1_epi64(static_cast<int64_t>(words[j + k]));
        once[k] = _mm512_mask_cmpneq_epi64_mask(once[k], x, other);
      }
    }
    uint32_t same = 0;
    if (lanes == 0xFF) {
      for (uint32_t j = 0; j < 7; ++j) {
        const __m512i other = _mm512_set1_epi64(static_cast<int64_t>(words[begin + j]));
        same |= _mm512_mask_cmpeq_epi64_mask(static_cast<__mmask8>(0xFE << j), x, other);
      }
    } else {
      // Nothing is read behind the end: the word to compare with is taken from the register.
      for (uint32_t j = 0; begin + j + 1 < size; ++j) {
        const __m512i other = _mm512_maskz_permutexvar_epi64(0xFF, _mm512_set1_epi64(j), x);
        same |= _mm512_mask_cmpeq_epi64_mask(static_cast<__mmask8>(lanes & 0xFE << j), x, other);
      }
    }
    const uint32_t all = static_cast<uint32_t>(lanes) & ~(static_cast<uint32_t>(once[0]) & once[1] & once[2] & once[3]);
    repeated |= static_cast<uint64_t>(all | same) << begin;
  }
  return repeated;
}

#endif

}  // namespace feature_extractor
