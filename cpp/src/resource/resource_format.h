// The binary layout of vocabulary and table files, shared by the code that writes and that reads
// them.
//
// All numbers are little-endian. A file is a header and sections; each section starts at a multiple
// of 64 bytes and is found by its offset from the start of the file, so that a file is used as it
// is mapped, without a pass over it. Bytes between sections are zero. Text is one section of
// concatenated bytes and one of count + 1 offsets, the first 0; kTextPadding zero bytes follow the
// text so that vector code may read past its end.
//
// Words and keys are found by open addressing. A slot is 64 bits: 0 when it is empty, else the
// upper 32 bits of the key's XXH3-64 hash above the key's position plus one. The search starts at
// slot (hash mod slot count), goes on slot by slot, and ends at an empty slot, at the key, or after
// `probe_limit` slots.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace feature_extractor {

static_assert(std::endian::native == std::endian::little, "resource files are used in place");

inline constexpr uint64_t kSectionAlignment = 64;
inline constexpr uint64_t kTextPadding = 64;
inline constexpr uint32_t kResourceVersion = 1;
// Positions plus one must fit into the lower half of a slot.
inline constexpr uint64_t kMaximumKeys = 0xFFFFFFFE;
// A search that is longer than this means that somebody chose keys to collide; it is refused.
inline constexpr uint32_t kMaximumProbes = 4096;
inline constexpr uint32_t kMaximumTableColumns = 4096;

inline constexpr char kVocabularyMagic[8] = {'f', 'x', 'v', 'o', 'c', 'a', 'b', '\0'};
inline constexpr char kTableMagic[8] = {'f', 'x', 't', 'a', 'b', 'l', 'e', '\0'};

struct VocabularyHeader {
  char magic[8];
  uint32_t version;
  uint32_t oov_buckets;
  uint64_t file_size;
  uint64_t word_count;
  uint64_t slot_count;  // A power of two.
  uint64_t slots_offset;
  uint64_t offsets_offset;
  uint64_t text_offset;
  uint64_t text_size;
  uint32_t probe_limit;
  uint32_t reserved[13];
};
static_assert(sizeof(VocabularyHeader) == 128);

struct TableHeader {
  char magic[8];
  uint32_t version;
  uint32_t column_count;  // Without the key.
  uint64_t file_size;
  uint64_t rows;
  uint64_t slot_count;  // A power of two.
  uint64_t slots_offset;
  uint64_t fields_offset;  // column_count + 1 TableFieldHeader; the first is the key.
  uint32_t probe_limit;
  uint32_t reserved[17];
};
static_assert(sizeof(TableHeader) == 128);

struct TableFieldHeader {
  uint32_t type;  // Table::ColumnType.
  uint32_t reserved;
  uint64_t name_offset;
  uint64_t name_size;
  uint64_t valid_offset;   // A byte per row, 1 where there is a value; 0 when every row has one.
  uint64_t values_offset;  // bool: a byte per row. int, float: 8 bytes per row. Text: rows + 1 offsets.
  uint64_t text_offset;    // Text only.
  uint64_t text_size;
  uint64_t reserved_end;
};
static_assert(sizeof(TableFieldHeader) == 64);

}  // namespace feature_extractor
