#include "engine/write_output.h"

#include <algorithm>

#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

constexpr double kLargestFloat = 3.4028234663852886e38;

// The loops over all rows of a feature, compiled for each SIMD level.

// Returns whether some number is infinite or NaN as a float32.
[[gnu::always_inline]] inline uint32_t narrow_loop(const double* numbers, uint32_t rows, float* __restrict out) {
  uint32_t bad = 0;
  for (uint32_t i = 0; i < rows; ++i) {
    out[i] = static_cast<float>(numbers[i]);
    bad |= ((__builtin_bit_cast(uint32_t, out[i]) >> 23 & 0xFF) + 1) >> 8;
  }
  return bad;
}

// Returns how many of the ids are none.
[[gnu::always_inline]] inline int64_t id_loop(const int64_t* ids, uint32_t rows, uint64_t size, int64_t fallback,
                                              int64_t* __restrict out) {
  int64_t defaulted = 0;
  for (uint32_t i = 0; i < rows; ++i) {
    const bool ok = static_cast<uint64_t>(ids[i]) < size;
    out[i] = ok ? ids[i] : fallback;
    defaulted += ok ? 0 : 1;
  }
  return defaulted;
}

uint32_t narrow_baseline(const double* numbers, uint32_t rows, float* out) { return narrow_loop(numbers, rows, out); }
int64_t ids_baseline(const int64_t* ids, uint32_t rows, uint64_t size, int64_t fallback, int64_t* out) {
  return id_loop(ids, rows, size, fallback, out);
}
#if defined(__x86_64__)
FEATURE_EXTRACTOR_X86_V3 uint32_t narrow_x86_v3(const double* numbers, uint32_t rows, float* out) {
  return narrow_loop(numbers, rows, out);
}
FEATURE_EXTRACTOR_X86_V3 int64_t ids_x86_v3(const int64_t* ids, uint32_t rows, uint64_t size, int64_t fallback,
                                            int64_t* out) {
  return id_loop(ids, rows, size, fallback, out);
}
FEATURE_EXTRACTOR_X86_V4 uint32_t narrow_x86_v4(const double* numbers, uint32_t rows, float* out) {
  return narrow_loop(numbers, rows, out);
}
FEATURE_EXTRACTOR_X86_V4 int64_t ids_x86_v4(const int64_t* ids, uint32_t rows, uint64_t size, int64_t fallback,
                                            int64_t* out) {
  return id_loop(ids, rows, size, fallback, out);
}
#endif

uint32_t narrow(SimdLevel level, const double* numbers, uint32_t rows, float* out) {
#if defined(__x86_64__)
  if (level == SimdLevel::kX86V4) return narrow_x86_v4(numbers, rows, out);
  if (level == SimdLevel::kX86V3) return narrow_x86_v3(numbers, rows, out);
#endif
  static_cast<void>(level);
  return narrow_baseline(numbers, rows, out);
}

int64_t checked_ids(SimdLevel level, const int64_t* ids, uint32_t rows, uint64_t size, int64_t fallback, int64_t* out) {
#if defined(__x86_64__)
  if (level == SimdLevel::kX86V4) return ids_x86_v4(ids, rows, size, fallback, out);
  if (level == SimdLevel::kX86V3) return ids_x86_v3(ids, rows, size, fallback, out);
#endif
  static_cast<void>(level);
  return ids_baseline(ids, rows, size, fallback, out);
}

// A double as the nearest float32; what would be infinite has no value.
bool to_float32(double value, float* out) {
  *out = static_cast<float>(value);
  return __builtin_fabs(*out) <= static_cast<float>(kLargestFloat);
}

void write_dense(const FeatureDeclaration& feature, const OutputValue& output, uint32_t rows, int64_t out_row,
                 FeatureBuffer* buffer) {
  const Column& value = output.value;
  const uint32_t width = feature.width;
  float* out = buffer->values.as<float>() + out_row * width;
  const auto fallback = static_cast<float>(feature.default_number);
  if (value.width > 0) {
    const auto* vectors = static_cast<const float*>(value.data);
    std::memcpy(out, vectors, sizeof(float) * width * rows);
    for (uint32_t i = 0; value.valid != nullptr && i < rows; ++i) {
      if (value.valid[i] != 0) continue;
      std::fill_n(out + static_cast<size_t>(i) * width, width, fallback);
      ++buffer->defaulted;
    }
    return;
  }
  const auto* numbers = static_cast<const double*>(value.data);
  const uint32_t bad = narrow(output.level, numbers, rows, out);
  if (value.valid == nullptr && bad == 0) return;
  for (uint32_t i = 0; i < rows; ++i) {
    float number;
    if ((value.valid == nullptr || value.valid[i] != 0) && to_float32(numbers[i], &number)) continue;
    out[i] = fallback;
    ++buffer->defaulted;
  }
}

void write_id(const FeatureDeclaration& feature, const OutputValue& output, uint32_t rows, int64_t out_row,
              FeatureBuffer* buffer) {
  const Column& value = output.value;
  int64_t* __restrict out = buffer->values.as<int64_t>() + out_row;
  const auto* ids = static_cast<const int64_t*>(value.data);
  const auto fallback = static_cast<int64_t>(feature.default_number);
  const auto size = static_cast<uint64_t>(feature.size);
  int64_t defaulted = checked_ids(output.level, ids, rows, size, fallback, out);
  for (uint32_t i = 0; value.valid != nullptr && i < rows; ++i) {
    if (value.valid[i] != 0) continue;
    defaulted += static_cast<uint64_t>(ids[i]) < size ? 1 : 0;  // Otherwise it was counted above.
    out[i] = fallback;
  }
  buffer->defaulted += defaulted;
}

int64_t* ragged_offsets(uint32_t rows, FeatureBuffer* buffer) {
  const auto first = static_cast<size_t>(buffer->rows);
  int64_t* offsets = buffer->offsets.reserve_array<int64_t>(first + rows + 1, buffer->rows > 0 ? first + 1 : 0);
  if (first == 0) offsets[0] = 0;
  buffer->rows += rows;
  return offsets + first + 1;
}

// The ids of one row, from element `begin` on. Returns how many were not ids. An element without an id keeps its place, so
// that parallel features stay aligned.
template <bool kWeighted>
int64_t write_row(SimdLevel level, const Column* elements, uint32_t begin, uint32_t count, uint64_t size,
                  int64_t* __restrict out, float* __restrict out_weights) {
  const int64_t* ids = static_cast<const int64_t*>(elements[0].data) + begin;
  if (!kWeighted && elements[0].valid == nullptr) return checked_ids(level, ids, count, size, 0, out);
  int64_t defaulted = 0;
  for (uint32_t k = 0; k < count; ++k) {
    bool ok = !elements[0].is_null(begin + k) && static_cast<uint64_t>(ids[k]) < size;
    if constexpr (kWeighted) {
      float weight = 0.0F;
      ok = ok && !elements[1].is_null(begin + k) &&
           to_float32(static_cast<const double*>(elements[1].data)[begin + k], &weight);
      out_weights[k] = ok ? weight : 0.0F;
    }
    out[k] = ok ? ids[k] : 0;
    defaulted += ok ? 0 : 1;
  }
  return defaulted;
}

// Whether the rows' elements lie side by side and all of them are written: then they are written as one long row, which
// nothing branches on from row to row.
bool lie_in_one_piece(const OutputValue& output, uint32_t rows, uint32_t maximum) {
  if (rows == 0 || output.value.valid != nullptr) return false;
  const ListEntry* entries = output.entries;
  uint32_t next = entries[0].begin;
  bool all = true;
  for (uint32_t i = 0; i < rows; ++i) {
    // Where an empty list begins says nothing.
    all &= (entries[i].begin == next || entries[i].size == 0) && entries[i].size <= maximum;
    next += entries[i].size;
  }
  // The first row may be an empty one that begins elsewhere.
  return all && (entries[0].size > 0 || next == entries[0].begin);
}

template <bool kWeighted>
void write_ids(const FeatureDeclaration& feature, const OutputValue& output, uint32_t rows, FeatureBuffer* buffer) {
  int64_t* offsets = ragged_offsets(rows, buffer);
  const auto size = static_cast<uint64_t>(feature.size);
  const ListEntry* entries = output.entries;
  size_t total = 0;
  for (uint32_t i = 0; i < rows; ++i) total += std::min(entries[i].size, feature.maximum);
  const bool in_one_piece = lie_in_one_piece(output, rows, feature.maximum);
  const auto written = static_cast<size_t>(buffer->elements);
  int64_t* out = buffer->values.reserve_array<int64_t>(written + total, written) + written;
  float* out_weights = kWeighted ? buffer->weights.reserve_array<float>(written + total, written) + written : nullptr;
  int64_t element = buffer->elements;
  int64_t defaulted = 0;
  if (in_one_piece) {
    buffer->defaulted += write_row<kWeighted>(output.level, output.elements, entries[0].begin,
                                              static_cast<uint32_t>(total), size, out, out_weights);
    for (uint32_t i = 0; i < rows; ++i) {
      element += entries[i].size;
      offsets[i] = element;
    }
    buffer->elements = element;
    return;
  }
  bool has_previous = false;
  ListEntry previous{0, 0};
  int64_t previous_defaulted = 0;
  for (uint32_t i = 0; i < rows; ++i) {
    if (output.value.is_null(i)) {
      ++defaulted;
      offsets[i] = element;
      continue;
    }
    const uint32_t count = std::min(entries[i].size, feature.maximum);
    if (has_previous && entries[i] == previous) {
      // A list of the request stands in each of its candidates: what was checked once is copied.
      std::memcpy(out, out - count, sizeof(int64_t) * count);
      if constexpr (kWeighted) std::memcpy(out_weights, out_weights - count, sizeof(float) * count);
    } else {
      previous_defaulted =
          write_row<kWeighted>(output.level, output.elements, entries[i].begin, count, size, out, out_weights);
      previous = entries[i];
      has_previous = true;
    }
    defaulted += previous_defaulted;
    out += count;
    if constexpr (kWeighted) out_weights += count;
    element += count;
    offsets[i] = element;
  }
  buffer->elements = element;
  buffer->defaulted += defaulted;
}

void write_text(const FeatureDeclaration& feature, const Column& value, uint32_t rows, FeatureBuffer* buffer) {
  int64_t* offsets = ragged_offsets(rows, buffer);
  const auto* texts = static_cast<const Text*>(value.data);
  const Text fallback = feature.default_text;
  const auto written = static_cast<size_t>(buffer->elements);
  size_t total = 0;
  for (uint32_t i = 0; i < rows; ++i) total += value.is_null(i) ? fallback.size() : texts[i].size();
  char* const begin = buffer->values.reserve_array<char>(written + total, written);
  char* out = begin + written;
  for (uint32_t i = 0; i < rows; ++i) {
    const bool is_null = value.is_null(i);
    const Text text = is_null ? fallback : texts[i];
    buffer->defaulted += is_null ? 1 : 0;
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    out += text.size();
    offsets[i] = out - begin;
  }
  buffer->elements = out - begin;
}

}  // namespace

void write_output(const FeatureDeclaration& feature, const OutputValue& output, uint32_t rows, int64_t out_row,
                  FeatureBuffer* buffer) {
  switch (feature.kind) {
    case FeatureKind::kDense:
    case FeatureKind::kLabel:
      write_dense(feature, output, rows, out_row, buffer);
      break;
    case FeatureKind::kId:
      write_id(feature, output, rows, out_row, buffer);
      break;
    case FeatureKind::kIds:
      write_ids<false>(feature, output, rows, buffer);
      break;
    case FeatureKind::kWeighted:
      write_ids<true>(feature, output, rows, buffer);
      break;
    case FeatureKind::kText:
      write_text(feature, output.value, rows, buffer);
      break;
    case FeatureKind::kValue:
      break;  // See write_value.h.
  }
}

}  // namespace feature_extractor
