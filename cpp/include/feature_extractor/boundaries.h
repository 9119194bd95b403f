// The boundaries of buckets, as a program writes them.
#pragma once

#include "feature_extractor/kernel.h"

#include <cstdio>

namespace feature_extractor {

// True if every boundary exists and is greater than the one before it; else the error says which one is not.
template <class T>
inline bool boundaries_grow(List<T> boundaries, BindError& error) {
  char message[BindError::kCapacity];
  for (uint32_t i = 0; i < boundaries.size(); ++i) {
    if (boundaries.is_null(i)) {
      std::snprintf(message, sizeof message, "Boundary %u is null.", i + 1);
      error.set(message);
      return false;
    }
    if (i > 0 && !(boundaries[i - 1] < boundaries[i])) {
      std::snprintf(message, sizeof message, "The boundaries must grow: boundary %u is not greater than boundary %u.",
                    i + 1, i);
      error.set(message);
      return false;
    }
  }
  return true;
}

}  // namespace feature_extractor
