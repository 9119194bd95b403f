// An extraction as an Arrow struct array that shares its memory.
#pragma once

#include <memory>

#include "arrow/abi.h"
#include "engine/extractor.h"

namespace feature_extractor {

// An extraction, given back to its extractor when the last user lets go of it.
struct HeldExtraction {
  std::shared_ptr<const Extractor> extractor;
  std::unique_ptr<Extraction> extraction;

  HeldExtraction(std::shared_ptr<const Extractor> from, std::unique_ptr<Extraction> values)
      : extractor(std::move(from)), extraction(std::move(values)) {}
  HeldExtraction(const HeldExtraction&) = delete;
  HeldExtraction& operator=(const HeldExtraction&) = delete;
  ~HeldExtraction() { extractor->recycle(std::move(extraction)); }
};

// One field per feature: dense float32 or fixed-size lists of it, ids int64, lists of them, structs {id, weight}, text.
void export_schema(const Plan& plan, ArrowSchema* schema);
void export_array(const std::shared_ptr<HeldExtraction>& held, ArrowArray* array);

}  // namespace feature_extractor
