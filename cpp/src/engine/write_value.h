// Writes values of any type as they are inside, for tools and tests that look into a program.
#pragma once

#include "engine/executor.h"

namespace feature_extractor {

// Appends `rows` rows of `column` to a ragged buffer of bytes. Each value is one byte, 0 for null or 1, and then, unless null:
// bool: one byte; int: 8 bytes; float: the 8 bytes of its bits; text: its size in 4 bytes and its bytes; vector: 4 bytes per float;
// list: its size in 4 bytes and, element by element, each of its columns in turn (the keys and values of a map, the leaves of
// a struct). Numbers are little-endian.
void write_value(const Plan& plan, const Argument& value, const Column& column, uint32_t rows, FeatureBuffer* buffer);

}  // namespace feature_extractor
