// How the loops see a column: the buffers of an Arrow array, as they lie in memory.
#pragma once

#include <cstdint>

namespace limit {

struct Column {
  const uint8_t* validity;  // A bit per row, or null where every row has a value.
  const void* values;
  const int32_t* offsets;        // Of strings, lists and maps; else null.
  const int32_t* inner_offsets;  // Of the strings inside a map or list; else null.
  const void* second;            // The values of a map; else null.

  const double* floats() const { return static_cast<const double*>(values); }
  const float* singles() const { return static_cast<const float*>(values); }
  const int64_t* ints() const { return static_cast<const int64_t*>(values); }
  const char* text() const { return static_cast<const char*>(values); }
};

}  // namespace limit
