// Writes resource files. The same arguments give the same bytes on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "feature_extractor/resource.h"

namespace feature_extractor {

// The bytes of a vocabulary file, or an empty string and a message in `error`. Words must be valid
// UTF-8 and different; positions in messages count from 1, so they are line numbers of a file with
// one word per line.
std::string build_vocabulary(std::span<const std::string_view> words, uint32_t oov_buckets, std::string* error);

// One column of a table to be written. The span that belongs to `type` holds a value per row, the
// others are empty.
struct TableColumn {
  std::string_view name;
  Table::ColumnType type = Table::ColumnType::kInt;
  std::span<const uint8_t> bools = {};
  std::span<const int64_t> ints = {};
  std::span<const double> floats = {};           // NaN and infinities become null.
  std::span<const std::string_view> texts = {};  // Valid UTF-8; a null row may hold anything.
  std::span<const uint8_t> valid = {};           // A byte per row, 0 where the cell is null; empty: no nulls.
};

// The bytes of a table file, or an empty string and a message in `error`. The key column is int or
// text, without nulls and without duplicates; all columns have as many rows as the key, and
// different names. Row numbers in messages count from 1.
std::string build_table(const TableColumn& key, std::span<const TableColumn> columns, std::string* error);

}  // namespace feature_extractor
