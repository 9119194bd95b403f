// The resources that operators may bind: read-only, memory-mapped, shared by all threads.
#pragma once

#include <vector>

#include "feature_extractor/column.h"

#include <vector>

namespace feature_extractor {

// Words with the ids of a vocabulary resource. With `oov_buckets` = 0 the words have 1, 2, ... in the
// order of the file and an unknown word has 0; with k buckets an unknown word has XXH3-64(word) modulo
// k, and words start at k. No lookup reads outside the mapped bytes, whatever they hold.
class Vocabulary {
 public:
  // The id of a word, or that of the bucket of an unknown word.
  int64_t lookup(Text word) const;
  // The ids of many words. Several times as fast as one by one where the vocabulary does not fit into
  // the processor's caches, since the memory accesses of different words overlap.
  void lookup(const Text* words, uint32_t count, int64_t* ids) const;
  bool contains(Text word) const;
  // The number of different ids that lookup can give.
  int64_t size() const;

 private:
  friend class ResourceReader;
  Vocabulary() = default;
  // The position of the word in the file, or -1.
  int64_t find(Text word, uint64_t hash) const;
  int64_t id(int64_t position, uint64_t hash) const;

  const uint64_t* slots_ = nullptr;
  const uint64_t* offsets_ = nullptr;
  const char* text_ = nullptr;
  uint64_t slot_mask_ = 0;
  uint64_t word_count_ = 0;
  uint64_t text_size_ = 0;
  uint32_t probe_limit_ = 0;
  uint32_t oov_buckets_ = 0;
};

// A lookup table resource: a key column and typed value columns. No access reads outside the mapped
// bytes, whatever they hold.
class Table {
 public:
  enum class ColumnType : uint32_t { kBool = 1, kInt = 2, kFloat = 3, kText = 4 };

  // The number of the row with this key, or -1; also -1 where the table's keys are of the other type.
  int64_t find(int64_t key) const;
  int64_t find(Text key) const;
  // The rows of many keys; the accesses to memory overlap as in Vocabulary::lookup.
  void find(const int64_t* keys, uint32_t count, int64_t* rows) const;
  void find(const Text* keys, uint32_t count, int64_t* rows) const;
  ColumnType key_type() const;
  // The position of a named column, or -1.
  int column(Text name) const;
  ColumnType column_type(int column) const;
  int64_t rows() const;
  // One value; null where the cell is empty, where there is no such column or row, or where the column
  // has another type. Floats are finite, and text is valid UTF-8.
  Nullable<bool> bool_at(int column, int64_t row) const;
  Nullable<int64_t> int_at(int column, int64_t row) const;
  Nullable<double> float_at(int column, int64_t row) const;
  Nullable<Text> text_at(int column, int64_t row) const;

 private:
  friend class ResourceReader;
  Table() = default;

  struct Field {
    ColumnType type = ColumnType::kBool;
    Text name;
    const uint8_t* valid = nullptr;         // A byte per row, or nullptr when no cell is empty.
    const unsigned char* values = nullptr;  // Bytes, 64-bit values, or rows + 1 offsets into text.
    const char* text = nullptr;
    uint64_t text_size = 0;

    Text text_at(int64_t row) const;
  };
  int64_t find(int64_t key, uint64_t hash) const;
  int64_t find(Text key, uint64_t hash) const;
  // The column with a value of this type in this row, or nullptr.
  const Field* field_with_value(int column, int64_t row, ColumnType type) const;

  Field key_;
  std::vector<Field> fields_;
  const uint64_t* slots_ = nullptr;
  uint64_t slot_mask_ = 0;
  int64_t rows_ = 0;
  uint32_t probe_limit_ = 0;
};

// The rules of one named time zone, from TZif data (RFC 8536) that travels in the package.
//
// The rules are laid out as the instants at which the offset changes. The footer's rule for the far future repeats after 400
// years (the Gregorian calendar does, and 400 years are whole weeks), so that many years of it are written out, and later
// instants are moved back by whole cycles.
class TimeZone {
 public:
  // What becomes of a local time that no clock showed, because the clocks were put forward over it.
  enum class Gap {
    kShiftForward,  // The time moves by the length of the gap: 02:30 becomes 03:30 (java.time, RFC 5545).
    kFirstInstant,  // The instant at which the clocks moved: the first one of an hour or a day that starts in the gap.
  };

  // Seconds east of UTC that hold at an instant (microseconds since 1970 UTC).
  int32_t offset_seconds(int64_t microseconds) const {
    const int64_t instant = in_first_cycle(microseconds);
    return offsets_[regime(instant)];
  }
  // The local time of an instant, as microseconds since 1970-01-01T00:00:00 local time, held within 64 bits.
  int64_t local(int64_t microseconds) const {
    int64_t sum;
    const int64_t offset = static_cast<int64_t>(offset_seconds(microseconds)) * 1'000'000;
    if (__builtin_add_overflow(microseconds, offset, &sum)) return offset < 0 ? INT64_MIN : INT64_MAX;
    return sum;
  }
  // The instant of a local time, held within 64 bits. Of two instants (the clocks were put back) the earlier.
  int64_t instant(int64_t local, Gap gap) const;
  // True if the offset is the same at every instant.
  bool is_fixed() const { return offsets_.size() == 1; }

 private:
  friend class TimeZoneReader;
  TimeZone() = default;

  static constexpr int64_t kCycle = 146'097LL * 86'400 * 1'000'000;  // 400 years.

  int64_t in_first_cycle(int64_t microseconds) const {
    if (microseconds >= cycle_end_) {
      return cycle_begin_ +
             static_cast<int64_t>((static_cast<uint64_t>(microseconds) - static_cast<uint64_t>(cycle_begin_)) % kCycle);
    }
    if (microseconds < repeats_before_) {
      const uint64_t before = (static_cast<uint64_t>(cycle_end_) - 1 - static_cast<uint64_t>(microseconds)) % kCycle;
      return cycle_end_ - 1 - static_cast<int64_t>(before);
    }
    return microseconds;
  }
  // The number of the last change at or before an instant. Equal steps of time tell between which two to look, which is
  // nearly always one comparison.
  size_t regime(int64_t instant) const {
    if (instant < first_change_) return 0;
    const uint64_t bucket = (static_cast<uint64_t>(instant) - static_cast<uint64_t>(first_change_)) >> bucket_shift_;
    const size_t last = buckets_.size() - 2;
    const size_t b = bucket < last ? static_cast<size_t>(bucket) : last;
    size_t low = buckets_[b];
    size_t high = buckets_[b + 1];
    while (low < high) {
      const size_t middle = (low + high + 1) / 2;
      if (changes_[middle] <= instant) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  std::vector<int64_t> changes_;   // Ascending; the first stands for the beginning of time.
  std::vector<int32_t> offsets_;   // The offset in seconds from each change on.
  std::vector<uint16_t> buckets_;  // The change that holds at the start of each step of 2^bucket_shift_ microseconds.
  uint32_t bucket_shift_ = 43;     // 102 days.
  int64_t first_change_ = INT64_MAX;
  // The cycle that is repeated afterwards, and before if repeats_before_ is its begin.
  int64_t cycle_begin_ = INT64_MAX;
  int64_t cycle_end_ = INT64_MAX;
  int64_t repeats_before_ = INT64_MIN;
};

}  // namespace feature_extractor
