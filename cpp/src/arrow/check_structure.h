// Whether an Arrow array from another language has the parts that its schema promises.
#pragma once

#include <string_view>

#include "arrow/abi.h"
#include "status.h"

namespace feature_extractor {

// Checks children, numbers of buffers, missing buffers and lengths, all the way down; not the values, nor what only a look at each
// offset would show. The message names the column, below `table`.
Status check_structure(const ArrowSchema& schema, const ArrowArray& array, std::string_view table);

}  // namespace feature_extractor
