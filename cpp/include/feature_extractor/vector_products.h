// Sums of products over two vectors of 32-bit floats, at each SIMD level: in double precision, and in the one order of sums
// (lane_sum.h), so that every level gives the same bits. Products of two floats are exact in double.
#pragma once

#include "feature_extractor/simd_words.h"
#include "feature_extractor/vector_sum.h"

namespace feature_extractor {

// What one pass over two vectors gives.
struct VectorProducts {
  double xy;
  double xx;
  double yy;
};

#if defined(__x86_64__)

// Where a form with a mask stands and the mask is full, GCC 12 warns of the form without one (GCC bug 105593).

// The lanes of lane_sum folded in halves: 0 to 3 take 4 to 7, 0 and 1 take 2 and 3, and the sum is lane 0 + lane 1.
FEATURE_EXTRACTOR_X86_V3 inline double fold_lanes_x86_v3(__m256d low, __m256d high) {
  const __m256d four = _mm256_add_pd(low, high);
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  return _mm_cvtsd_f64(two) + _mm_cvtsd_f64(_mm_unpackhi_pd(two, two));
}

// Eight floats as lanes 0 to 3 and 4 to 7.
struct DoublesX86V3 {
  __m256d low;
  __m256d high;
};

FEATURE_EXTRACTOR_X86_V3 inline DoublesX86V3 load_floats_x86_v3(const float* data, uint32_t left) {
  __m256 floats;
  if (left >= 8) {
    floats = _mm256_loadu_ps(data);
  } else {
    const __m256i numbers = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    floats = _mm256_maskload_ps(data, _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int32_t>(left)), numbers));
  }
  return {_mm256_cvtps_pd(_mm256_castps256_ps128(floats)), _mm256_cvtps_pd(_mm256_extractf128_ps(floats, 1))};
}

FEATURE_EXTRACTOR_X86_V3 inline double dot_x86_v3(const float* x, const float* y, uint32_t size) {
  __m256d low = _mm256_setzero_pd();
  __m256d high = _mm256_setzero_pd();
  for (uint32_t i = 0; i < size; i += 8) {
    const DoublesX86V3 a = load_floats_x86_v3(x + i, size - i);
    const DoublesX86V3 b = load_floats_x86_v3(y + i, size - i);
    low = _mm256_add_pd(low, _mm256_mul_pd(a.low, b.low));
    high = _mm256_add_pd(high, _mm256_mul_pd(a.high, b.high));
  }
  return fold_lanes_x86_v3(low, high);
}

FEATURE_EXTRACTOR_X86_V3 inline VectorProducts products_x86_v3(const float* x, const float* y, uint32_t size) {
  __m256d xy[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()};
  __m256d xx[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()};
  __m256d yy[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()};
  for (uint32_t i = 0; i < size; i += 8) {
    const DoublesX86V3 a = load_floats_x86_v3(x + i, size - i);
    const DoublesX86V3 b = load_floats_x86_v3(y + i, size - i);
    xy[0] = _mm256_add_pd(xy[0], _mm256_mul_pd(a.low, b.low));
    xy[1] = _mm256_add_pd(xy[1], _mm256_mul_pd(a.high, b.high));
    xx[0] = _mm256_add_pd(xx[0], _mm256_mul_pd(a.low, a.low));
    xx[1] = _mm256_add_pd(xx[1], _mm256_mul_pd(a.high, a.high));
    yy[0] = _mm256_add_pd(yy[0], _mm256_mul_pd(b.low, b.low));
    yy[1] = _mm256_add_pd(yy[1], _mm256_mul_pd(b.high, b.high));
  }
  return {fold_lanes_x86_v3(xy[0], xy[1]), fold_lanes_x86_v3(xx[0], xx[1]), fold_lanes_x86_v3(yy[0], yy[1])};
}

FEATURE_EXTRACTOR_X86_V4 inline double fold_lanes_x86_v4(__m512d lanes) {
  const __m256d four =
      _mm256_add_pd(_mm512_maskz_extractf64x4_pd(0xF, lanes, 0), _mm512_maskz_extractf64x4_pd(0xF, lanes, 1));
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd(four, 1));
  return _mm_cvtsd_f64(two) + _mm_cvtsd_f64(_mm_unpackhi_pd(two, two));
}

FEATURE_EXTRACTOR_X86_V4 inline __m512d load_floats_x86_v4(const float* data, uint32_t left) {
  return _mm512_maskz_cvtps_pd(0xFF, _mm256_maskz_loadu_ps(static_cast<__mmask8>(low_bits(left)), data));
}

FEATURE_EXTRACTOR_X86_V4 inline double dot_x86_v4(const float* x, const float* y, uint32_t size) {
  __m512d lanes = _mm512_setzero_pd();
  for (uint32_t i = 0; i < size; i += 8) {
    lanes =
        _mm512_add_pd(lanes, _mm512_mul_pd(load_floats_x86_v4(x + i, size - i), load_floats_x86_v4(y + i, size - i)));
  }
  return fold_lanes_x86_v4(lanes);
}

FEATURE_EXTRACTOR_X86_V4 inline VectorProducts products_x86_v4(const float* x, const float* y, uint32_t size) {
  __m512d xy = _mm512_setzero_pd();
  __m512d xx = _mm512_setzero_pd();
  __m512d yy = _mm512_setzero_pd();
  for (uint32_t i = 0; i < size; i += 8) {
    const __m512d a = load_floats_x86_v4(x + i, size - i);
    const __m512d b = load_floats_x86_v4(y + i, size - i);
    xy = _mm512_add_pd(xy, _mm512_mul_pd(a, b));
    xx = _mm512_add_pd(xx, _mm512_mul_pd(a, a));
    yy = _mm512_add_pd(yy, _mm512_mul_pd(b, b));
  }
  return {fold_lanes_x86_v4(xy), fold_lanes_x86_v4(xx), fold_lanes_x86_v4(yy)};
}

#endif

// Both vectors have the same size by their type; the smaller one counts, so that no mistake reads past an end.
template <SimdLevel Level>
inline double dot_at(Vector x, Vector y) {
#if defined(__x86_64__)
  const uint32_t size = x.size < y.size ? x.size : y.size;
  if constexpr (Level == SimdLevel::kX86V4) return dot_x86_v4(x.data, y.data, size);
  if constexpr (Level == SimdLevel::kX86V3) return dot_x86_v3(x.data, y.data, size);
#endif
  return dot_product(x, y);
}

// Null where a vector has only zeros. The product of the squared norms of finite floats neither overflows nor vanishes in
// double, and the root of a square is exact, so the cosine of a vector with itself is 1.
template <SimdLevel Level>
inline Nullable<double> cosine_at(Vector x, Vector y) {
  VectorProducts products;
#if defined(__x86_64__)
  const uint32_t size = x.size < y.size ? x.size : y.size;
  if constexpr (Level == SimdLevel::kX86V4) {
    products = products_x86_v4(x.data, y.data, size);
  } else if constexpr (Level == SimdLevel::kX86V3) {
    products = products_x86_v3(x.data, y.data, size);
  } else
#endif
  {
    products = {dot_product(x, y), dot_product(x, x), dot_product(y, y)};
  }
  const double norms = products.xx * products.yy;
  return Nullable<double>::where(norms > 0.0, products.xy / __builtin_sqrt(norms));
}

}  // namespace feature_extractor
