// Makes Arrow schemas that own what they point to.
#pragma once

#include <string>
#include <vector>

#include "arrow/abi.h"

namespace feature_extractor {

// Takes over the children, which are released with it. Throws std::bad_alloc.
ArrowSchema make_arrow_schema(std::string format, std::string name, std::vector<ArrowSchema> children = {},
                              int64_t flags = 0);

}  // namespace feature_extractor
