// Values of features as text for messages.
#pragma once

#include <cstdint>
#include <string>

#include "arrow/abi.h"

namespace feature_extractor {

// A value of a column of features in one line, long ones cut. Floats have as many digits as tell them apart.
std::string value_text(const ArrowSchema& schema, const ArrowArray& array, int64_t row);

}  // namespace feature_extractor
