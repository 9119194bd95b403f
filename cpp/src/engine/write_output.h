// Writes features in the shapes that a model receives.
#pragma once

#include "engine/executor.h"

namespace feature_extractor {

struct OutputValue {
  SimdLevel level = SimdLevel::kBaseline;  // At which the loops run; it changes no bit.
  Column value;
  const Column* elements = nullptr;    // Ids, and weights.
  const ListEntry* entries = nullptr;  // Into the elements.
};

// Writes `rows` rows of a feature from row `out_row` on. Fixed-size kinds write to their rows of a buffer that has room for all;
// ragged kinds append.
void write_output(const FeatureDeclaration& feature, const OutputValue& output, uint32_t rows, int64_t out_row,
                  FeatureBuffer* buffer);

}  // namespace feature_extractor
