// An extraction as an Arrow struct array that shares its memory.
#pragma once

#include <memory>

#include "arrow/abi.h"
#include "engine/session.h"

namespace feature_extractor {

// One field per feature: dense float32 or fixed-size lists of it, ids int64, lists of them, structs {id, weight}, text.
// Both throw std::bad_alloc.
ArrowSchema output_arrow_schema(const Plan& plan);
// Every array keeps the extraction in use until it is released.
ArrowArray export_arrow_array(const std::shared_ptr<HeldExtraction>& held);

}  // namespace feature_extractor
