#include "engine/write_output.h"

#include <algorithm>

namespace feature_extractor {
namespace {

constexpr double kLargestFloat = 3.4028234663852886e38;

// A double as the nearest float32; what would be infinite has no value.
bool to_float32(double value, float* out) {
  *out = static_cast<float>(value);
  return __builtin_fabs(*out) <= static_cast<float>(kLargestFloat);
}

void write_dense(const FeatureDeclaration& feature, const Column& value, uint32_t rows, int64_t out_row,
                 FeatureBuffer* buffer) {
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
  uint32_t bad = 0;
  for (uint32_t i = 0; i < rows; ++i) {
    out[i] = static_cast<float>(numbers[i]);
    bad |= ((__builtin_bit_cast(uint32_t, out[i]) >> 23 & 0xFF) + 1) >> 8;
  }
  if (value.valid == nullptr && bad == 0) return;
  for (uint32_t i = 0; i < rows; ++i) {
    float number;
    if ((value.valid == nullptr || value.valid[i] != 0) && to_float32(numbers[i], &number)) continue;
    out[i] = fallback;
    ++buffer->defaulted;
  }
}

void write_id(const FeatureDeclaration& feature, const Column& value, uint32_t rows, int64_t out_row,
              FeatureBuffer* buffer) {
  int64_t* out = buffer->values.as<int64_t>() + out_row;
  const auto* ids = static_cast<const int64_t*>(value.data);
  const auto fallback = static_cast<int64_t>(feature.default_number);
  const auto size = static_cast<uint64_t>(feature.size);
  for (uint32_t i = 0; i < rows; ++i) {
    const bool ok = !value.is_null(i) && static_cast<uint64_t>(ids[i]) < size;
    out[i] = ok ? ids[i] : fallback;
    buffer->defaulted += ok ? 0 : 1;
  }
}

int64_t* ragged_offsets(uint32_t rows, FeatureBuffer* buffer) {
  const auto first = static_cast<size_t>(buffer->rows);
  int64_t* offsets = buffer->offsets.reserve_array<int64_t>(first + rows + 1, buffer->rows > 0 ? first + 1 : 0);
  if (first == 0) offsets[0] = 0;
  buffer->rows += rows;
  return offsets + first + 1;
}

void write_ids(const FeatureDeclaration& feature, const OutputValue& output, uint32_t rows, FeatureBuffer* buffer) {
  int64_t* offsets = ragged_offsets(rows, buffer);
  const bool weighted = feature.kind == FeatureKind::kWeighted;
  const auto* ids = static_cast<const int64_t*>(output.elements[0].data);
  const auto* weights = weighted ? static_cast<const double*>(output.elements[1].data) : nullptr;
  const auto size = static_cast<uint64_t>(feature.size);
  size_t total = 0;
  for (uint32_t i = 0; i < rows; ++i) total += std::min(output.entries[i].size, feature.maximum);
  const auto written = static_cast<size_t>(buffer->elements);
  int64_t* out = buffer->values.reserve_array<int64_t>(written + total, written) + written;
  float* out_weights = weighted ? buffer->weights.reserve_array<float>(written + total, written) + written : nullptr;
  for (uint32_t i = 0; i < rows; ++i) {
    if (output.value.is_null(i)) {
      ++buffer->defaulted;
    } else {
      const ListEntry entry = output.entries[i];
      const uint32_t count = std::min(entry.size, feature.maximum);
      for (uint32_t k = 0; k < count; ++k) {
        const uint32_t at = entry.begin + k;
        bool ok = !output.elements[0].is_null(at) && static_cast<uint64_t>(ids[at]) < size;
        if (weighted) {
          float weight = 0.0F;
          ok = ok && !output.elements[1].is_null(at) && to_float32(weights[at], &weight);
          *out_weights++ = ok ? weight : 0.0F;
        }
        // An element without an id keeps its place, so that parallel features stay aligned.
        *out++ = ok ? ids[at] : 0;
        buffer->defaulted += ok ? 0 : 1;
      }
      buffer->elements += count;
    }
    offsets[i] = buffer->elements;
  }
}

void write_text(const FeatureDeclaration& feature, const Column& value, uint32_t rows, FeatureBuffer* buffer) {
  int64_t* offsets = ragged_offsets(rows, buffer);
  const auto* texts = static_cast<const Text*>(value.data);
  for (uint32_t i = 0; i < rows; ++i) {
    Text text = texts[i];
    if (value.is_null(i)) {
      text = feature.default_text;
      ++buffer->defaulted;
    }
    const auto written = static_cast<size_t>(buffer->elements);
    char* out = buffer->values.reserve_array<char>(written + text.size(), written);
    if (!text.empty()) std::memcpy(out + written, text.data(), text.size());
    buffer->elements += static_cast<int64_t>(text.size());
    offsets[i] = buffer->elements;
  }
}

}  // namespace

void write_output(const FeatureDeclaration& feature, const OutputValue& output, uint32_t rows, int64_t out_row,
                  FeatureBuffer* buffer) {
  switch (feature.kind) {
    case FeatureKind::kDense:
    case FeatureKind::kLabel:
      write_dense(feature, output.value, rows, out_row, buffer);
      break;
    case FeatureKind::kId:
      write_id(feature, output.value, rows, out_row, buffer);
      break;
    case FeatureKind::kIds:
    case FeatureKind::kWeighted:
      write_ids(feature, output, rows, buffer);
      break;
    case FeatureKind::kText:
      write_text(feature, output.value, rows, buffer);
      break;
    case FeatureKind::kValue:
      break;  // See write_value.h.
  }
}

}  // namespace feature_extractor
