// The loops over whole columns at the boundary: they look at every value of a batch, so they are compiled for the widest
// registers that pay. All levels give the same results.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::column_loops {

// True if no number is NaN or infinite. `ahead` is how many numbers behind the last one will be looked at soon: they are
// fetched into the cache meanwhile.
bool all_finite(const double* values, size_t count, size_t ahead);
bool all_finite(const float* values, size_t count, size_t ahead);

// Fetches memory that will be looked at soon.
void fetch_ahead(const void* begin, size_t size);

// True if all bytes are ASCII.
bool all_ascii(const char* bytes, size_t size, size_t ahead);

// Clears `valid`, a byte of 0 or 1 per row, where the bitmap has a 0; the first row is bit number `offset`. Returns how many
// rows it cleared.
int64_t clear_nulls(const uint8_t* bits, int64_t offset, int64_t count, uint8_t* valid);

// Writes a byte of 0 or 1 per bit.
void spread_bits(const uint8_t* bits, int64_t offset, int64_t count, uint8_t* out);

// Writes each text between two offsets; an empty one, and one whose row is not valid, as the text without an address. `valid`
// may be nullptr: then all rows are valid.
void read_texts(const int32_t* offsets, const char* bytes, const uint8_t* valid, size_t count, Text* out);
void read_texts(const int64_t* offsets, const char* bytes, const uint8_t* valid, size_t count, Text* out);

}  // namespace feature_extractor::column_loops
