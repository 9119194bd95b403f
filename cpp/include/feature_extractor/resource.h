// The resources that operators may bind: read-only, memory-mapped, shared by all threads.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor {

// Words with the ids of a vocabulary resource. With `oov_buckets` = 0 the words have 1, 2, ... in the order of the file
// and an unknown word has 0; with k buckets an unknown word has one of 0 .. k-1 by its hash, and words start at k.
class Vocabulary {
 public:
  // The id of a word, or that of the bucket of an unknown word.
  int64_t lookup(Text word) const;
  bool contains(Text word) const;
  // The number of different ids that lookup can give.
  int64_t size() const;

 private:
  friend class ResourceReader;
  Vocabulary() = default;
  const unsigned char* header_ = nullptr;
  const uint64_t* slots_ = nullptr;
  const uint64_t* offsets_ = nullptr;
  const char* text_ = nullptr;
};

// A lookup table resource: a key column and typed value columns.
class Table {
 public:
  enum class ColumnType : uint32_t { kBool = 1, kInt = 2, kFloat = 3, kText = 4 };

  // The number of the row with this key, or -1. The key's storage type must be that of the table.
  int64_t find(int64_t key) const;
  int64_t find(Text key) const;
  ColumnType key_type() const;
  // The position of a named column, or -1.
  int column(Text name) const;
  ColumnType column_type(int column) const;
  int64_t rows() const;
  // One value; null where the cell is empty. The row must be in [0, rows()), the type that of the column.
  Nullable<bool> bool_at(int column, int64_t row) const;
  Nullable<int64_t> int_at(int column, int64_t row) const;
  Nullable<double> float_at(int column, int64_t row) const;
  Nullable<Text> text_at(int column, int64_t row) const;

 private:
  friend class ResourceReader;
  Table() = default;
  const unsigned char* header_ = nullptr;
};

// The rules of one named time zone, from TZif data (RFC 8536) that travels in the package.
class TimeZone {
 public:
  // Seconds east of UTC that hold at an instant (microseconds since 1970 UTC); for instants after the last transition the
  // footer's POSIX rule counts.
  int32_t offset_seconds(int64_t microseconds) const;

 private:
  friend class ResourceReader;
  TimeZone() = default;
  const unsigned char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace feature_extractor
