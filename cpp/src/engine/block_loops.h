// The loops that kernels share, for each SIMD level.
#pragma once

#include "feature_extractor/kernel.h"

namespace feature_extractor {

const BlockLoops& block_loops(SimdLevel level);

}  // namespace feature_extractor
