#include "engine/block_loops.h"

#include <bit>
#include <cstring>

#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

[[gnu::always_inline]] inline bool combine_validity(const KernelCall& call, uint64_t strict_mask,
                                                    uint8_t* __restrict valid) {
  const size_t rows = call.rows;
  const uint32_t count = call.argument_count;
  const Column* arguments = call.arguments;
  bool any = false;
  for (uint32_t a = 0; a < count; ++a) {
    const uint8_t* __restrict source = arguments[a].valid;
    if (source == nullptr || (strict_mask >> (a < 63 ? a : 63) & 1) == 0) continue;
    if (!any) {
      std::memcpy(valid, source, rows);
    } else {
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) valid[i] &= source[i];
    }
    any = true;
  }
  return any;
}

[[gnu::always_inline]] inline void clear_missing(size_t rows, double* __restrict values, uint8_t* __restrict valid) {
  constexpr size_t kTile = 256;
  for (size_t begin = 0; begin < rows; begin += kTile) {
    const size_t count = rows - begin < kTile ? rows - begin : kTile;
    uint64_t missing[kTile];
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < count; ++i) {
      const double value = values[begin + i];
      // The exponent of infinity and NaN is all ones.
      missing[i] = ((std::bit_cast<uint64_t>(value) >> 52 & 0x7FF) + 1) >> 11;
      values[begin + i] = missing[i] != 0 ? 0.0 : value;
    }
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < count; ++i) valid[begin + i] &= static_cast<uint8_t>(missing[i] ^ 1);
  }
}

[[gnu::always_inline]] inline bool has_null(size_t rows, const uint8_t* valid) {
  uint8_t all = 1;
  for (size_t i = 0; i < rows; ++i) all &= valid[i];
  return all == 0;
}

template <auto Loop>
struct AtLevels;
template <class R, class... A, R (*Loop)(A...)>
struct AtLevels<Loop> {
  static R baseline(A... arguments) { return Loop(arguments...); }
#if defined(__x86_64__)
  FEATURE_EXTRACTOR_X86_V3 static R x86_v3(A... arguments) { return Loop(arguments...); }
  FEATURE_EXTRACTOR_X86_V4 static R x86_v4(A... arguments) { return Loop(arguments...); }
#endif
};

constexpr BlockLoops kBlockLoops[kSimdLevels] = {
    {&AtLevels<combine_validity>::baseline, &AtLevels<clear_missing>::baseline, &AtLevels<has_null>::baseline},
#if defined(__x86_64__)
    {&AtLevels<combine_validity>::x86_v3, &AtLevels<clear_missing>::x86_v3, &AtLevels<has_null>::x86_v3},
    {&AtLevels<combine_validity>::x86_v4, &AtLevels<clear_missing>::x86_v4, &AtLevels<has_null>::x86_v4},
#endif
};

}  // namespace

const BlockLoops& block_loops(SimdLevel level) { return kBlockLoops[static_cast<size_t>(level)]; }

}  // namespace feature_extractor
