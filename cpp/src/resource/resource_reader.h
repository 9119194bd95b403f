// Opens resource files in place.
#pragma once

#include <cstddef>
#include <span>

#include "feature_extractor/resource.h"
#include "status.h"

namespace feature_extractor {

// Each function verifies the header and the bounds of every section, in a time that does not depend
// on the number of words or rows, and makes no copy: the bytes must outlive the result and must
// start at a multiple of 8. What the sections hold is checked when it is used, so damaged bytes
// give wrong answers, never a read outside of them.
class ResourceReader {
 public:
  static StatusOr<Vocabulary> open_vocabulary(std::span<const std::byte> bytes);
  static StatusOr<Table> open_table(std::span<const std::byte> bytes);
};

}  // namespace feature_extractor
