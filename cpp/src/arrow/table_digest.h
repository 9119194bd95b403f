// Digests of the values of a table: see docs/digest.md for the definition, from which it can be written again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arrow/abi.h"
#include "status.h"

namespace feature_extractor {

// A number modulo 2^128.
struct Digest128 {
  uint64_t low = 0;
  uint64_t high = 0;

  void add(Digest128 other) {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
  }
  // 32 lower-case hexadecimal digits, the highest first.
  std::string hex() const;
};

// Sums over the rows, so that digests of parts of a table can be added.
struct TableDigest {
  int64_t count = 0;               // Rows.
  std::vector<Digest128> columns;  // In the order of the schema.
  Digest128 rows;                  // Of the whole rows.
};

// Adds the rows of a struct array to `digest`, whose `columns` are empty or as many as the schema has children. The array
// is only read. Fails, and leaves `digest` as it was, for a type that has no encoding (unions, decimals, intervals, run ends)
// and for an array that does not fit its schema; the message names the column.
Status add_to_digest(const ArrowSchema& schema, const ArrowArray& array, TableDigest* digest);

}  // namespace feature_extractor
