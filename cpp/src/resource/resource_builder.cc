#include "resource/resource_builder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_set>
#include <utility>
#include <vector>

#include "arrow/utf8.h"
#include "resource/hash_slots.h"
#include "resource/resource_format.h"

namespace feature_extractor {

namespace {

// A key as it appears in a message: quoted, and cut at a code point when it is long.
std::string quoted(std::string_view text) {
  constexpr size_t kShown = 80;
  size_t end = std::min(text.size(), kShown);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  std::string result(1, '"');
  result.append(text.substr(0, end)).append(end < text.size() ? "...\"" : "\"");
  return result;
}

std::string quoted(int64_t value) { return std::to_string(value); }

// The bytes of a file as it grows, section by section.
class FileWriter {
 public:
  explicit FileWriter(size_t header_size) : bytes_(header_size, '\0') {}

  uint64_t add_section(const void* data, size_t size) {
    bytes_.resize((bytes_.size() + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment, '\0');
    const uint64_t offset = bytes_.size();
    if (size != 0) bytes_.append(static_cast<const char*>(data), size);
    return offset;
  }

  template <class T>
  uint64_t add_section(const std::vector<T>& values) {
    return add_section(values.data(), values.size() * sizeof(T));
  }

  void append(std::string_view text) { bytes_.append(text); }
  void add_zeros(size_t count) { bytes_.append(count, '\0'); }
  void reserve(size_t size) { bytes_.reserve(size); }
  size_t size() const { return bytes_.size(); }

  template <class T>
  void write_at(uint64_t offset, const T& value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof(T));
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

struct TextSections {
  uint64_t offsets_offset = 0;
  uint64_t text_offset = 0;
  uint64_t text_size = 0;
};

// Writes the text of the rows for which `text_of` gives it.
template <class TextOf>
TextSections add_text(FileWriter* file, size_t count, TextOf text_of) {
  std::vector<uint64_t> offsets(count + 1);
  for (size_t i = 0; i < count; ++i) offsets[i + 1] = offsets[i] + text_of(i).size();
  TextSections sections;
  sections.text_size = offsets[count];
  sections.offsets_offset = file->add_section(offsets);
  sections.text_offset = file->add_section(nullptr, 0);
  file->reserve(file->size() + sections.text_size + kTextPadding);
  for (size_t i = 0; i < count; ++i) file->append(text_of(i));
  file->add_zeros(kTextPadding);
  return sections;
}

struct Slots {
  std::vector<uint64_t> slots;
  uint32_t probe_limit = 0;
};

// Places all keys, or reports two equal ones. `noun`, `place` and `rule` say how a message names them.
template <class Key>
bool place_keys(std::span<const Key> keys, std::string_view noun, std::string_view place, std::string_view rule,
                Slots* result, std::string* error) {
  // At most 6 of 10 slots are taken, so that a search for a missing key is about three slots long
  // (Knuth, The Art of Computer Programming 6.4, linear probing).
  uint64_t slot_count = 8;
  while (keys.size() * 10 > slot_count * 6) slot_count *= 2;
  result->slots.assign(slot_count, 0);
  const uint64_t mask = slot_count - 1;
  uint32_t longest = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    const uint64_t hash = hash_key(keys[i]);
    uint64_t at = hash & mask;
    uint32_t probes = 1;
    for (; result->slots[at] != 0; at = (at + 1) & mask, ++probes) {
      const uint64_t slot = result->slots[at];
      const uint64_t other = (slot & 0xFFFFFFFFu) - 1;
      if (((slot ^ hash) >> 32) == 0 && keys[other] == keys[i]) {
        *error = std::string(noun) + " " + quoted(keys[i]) + " is at " + std::string(place) + " " +
                 std::to_string(other + 1) + " and again at " + std::string(place) + " " + std::to_string(i + 1) +
                 "; " + std::string(rule);
        return false;
      }
      if (probes == kMaximumProbes) {
        *error = std::string(noun) + " " + quoted(keys[i]) + " at " + std::string(place) + " " + std::to_string(i + 1) +
                 " collides with " + std::to_string(kMaximumProbes) +
                 " others in the hash function; the keys look as if they were chosen to collide.";
        return false;
      }
    }
    result->slots[at] = make_slot(hash, i);
    longest = std::max(longest, probes);
  }
  // A missing key may have to look one slot beyond the longest search for a present one; ending
  // there is right too, since no present key needed more.
  result->probe_limit = longest;
  return true;
}

bool check_text(std::string_view text, std::string_view where, std::string* error) {
  if (is_valid_utf8(text)) return true;
  *error = "The text at " + std::string(where) + " is not valid UTF-8; write the file as UTF-8.";
  return false;
}

bool check_key_count(size_t count, std::string* error) {
  if (count <= kMaximumKeys) return true;
  *error =
      "There are " + std::to_string(count) + " keys; a resource holds at most " + std::to_string(kMaximumKeys) + ".";
  return false;
}

size_t value_count(const TableColumn& column) {
  switch (column.type) {
    case Table::ColumnType::kBool:
      return column.bools.size();
    case Table::ColumnType::kInt:
      return column.ints.size();
    case Table::ColumnType::kFloat:
      return column.floats.size();
    case Table::ColumnType::kText:
      return column.texts.size();
  }
  return 0;
}

bool has_value(const TableColumn& column, size_t row) {
  if (!column.valid.empty() && column.valid[row] == 0) return false;
  return column.type != Table::ColumnType::kFloat || std::isfinite(column.floats[row]);
}

bool check_column(const TableColumn& column, size_t rows, std::string* error) {
  const std::string name = "Column " + quoted(column.name);
  if (!is_valid_utf8(column.name)) {
    *error = "The name of a column is not valid UTF-8; write the file as UTF-8.";
    return false;
  }
  if (value_count(column) != rows || (!column.valid.empty() && column.valid.size() != rows)) {
    *error = name + " has " + std::to_string(value_count(column)) + " values and " +
             std::to_string(column.valid.size()) + " validity bytes; the key column has " + std::to_string(rows) +
             " rows.";
    return false;
  }
  if (column.type == Table::ColumnType::kText) {
    for (size_t row = 0; row < rows; ++row) {
      if (!has_value(column, row) || is_valid_utf8(column.texts[row])) continue;
      return check_text(column.texts[row], "column " + quoted(column.name) + ", row " + std::to_string(row + 1), error);
    }
  }
  return true;
}

// Writes the sections of one column. What stands behind a null is written as zero, so that equal
// tables have equal bytes.
TableFieldHeader add_column(FileWriter* file, const TableColumn& column, size_t rows) {
  TableFieldHeader field = {};
  field.type = static_cast<uint32_t>(column.type);
  field.name_size = column.name.size();
  field.name_offset = file->add_section(column.name.data(), column.name.size());
  std::vector<uint8_t> valid(rows);
  bool has_nulls = false;
  for (size_t row = 0; row < rows; ++row) {
    valid[row] = has_value(column, row) ? 1 : 0;
    has_nulls |= valid[row] == 0;
  }
  if (has_nulls) field.valid_offset = file->add_section(valid);
  const auto add_values = [&](auto values, auto convert) {
    std::vector<decltype(convert(values[0]))> stored(rows);
    for (size_t row = 0; row < rows; ++row) {
      if (valid[row] != 0) stored[row] = convert(values[row]);
    }
    field.values_offset = file->add_section(stored);
  };
  switch (column.type) {
    case Table::ColumnType::kBool:
      add_values(column.bools, [](uint8_t value) { return static_cast<uint8_t>(value != 0 ? 1 : 0); });
      break;
    case Table::ColumnType::kInt:
      add_values(column.ints, [](int64_t value) { return value; });
      break;
    case Table::ColumnType::kFloat:
      add_values(column.floats, [](double value) { return value; });
      break;
    case Table::ColumnType::kText: {
      const TextSections sections =
          add_text(file, rows, [&](size_t row) { return valid[row] != 0 ? column.texts[row] : std::string_view(); });
      field.values_offset = sections.offsets_offset;
      field.text_offset = sections.text_offset;
      field.text_size = sections.text_size;
      break;
    }
  }
  return field;
}

}  // namespace

std::string build_vocabulary(std::span<const std::string_view> words, uint32_t oov_buckets, std::string* error) {
  if (!check_key_count(words.size(), error)) return {};
  for (size_t i = 0; i < words.size(); ++i) {
    if (is_valid_utf8(words[i])) continue;
    check_text(words[i], "position " + std::to_string(i + 1), error);
    return {};
  }
  Slots slots;
  if (!place_keys(words, "Word", "position", "a vocabulary lists each word once.", &slots, error)) return {};
  FileWriter file(sizeof(VocabularyHeader));
  VocabularyHeader header = {};
  std::memcpy(header.magic, kVocabularyMagic, sizeof(header.magic));
  header.version = kResourceVersion;
  header.oov_buckets = oov_buckets;
  header.word_count = words.size();
  header.slot_count = slots.slots.size();
  header.probe_limit = slots.probe_limit;
  header.slots_offset = file.add_section(slots.slots);
  const TextSections text = add_text(&file, words.size(), [&](size_t i) { return words[i]; });
  header.offsets_offset = text.offsets_offset;
  header.text_offset = text.text_offset;
  header.text_size = text.text_size;
  header.file_size = file.size();
  file.write_at(0, header);
  return file.take();
}

std::string build_table(const TableColumn& key, std::span<const TableColumn> columns, std::string* error) {
  if (key.type != Table::ColumnType::kInt && key.type != Table::ColumnType::kText) {
    *error = "The key column " + quoted(key.name) + " is neither int nor text; a table is looked up by one of these.";
    return {};
  }
  const size_t rows = value_count(key);
  if (!check_key_count(rows, error)) return {};
  if (columns.size() > kMaximumTableColumns) {
    *error = "The table has " + std::to_string(columns.size()) + " columns; at most " +
             std::to_string(kMaximumTableColumns) + " are allowed.";
    return {};
  }
  if (!check_column(key, rows, error)) return {};
  for (size_t row = 0; row < rows; ++row) {
    if (has_value(key, row)) continue;
    *error = "The key column " + quoted(key.name) + " is null in row " + std::to_string(row + 1) +
             "; every row needs a key.";
    return {};
  }
  std::unordered_set<std::string_view> names;
  for (const TableColumn& column : columns) {
    if (!check_column(column, rows, error)) return {};
    if (!names.insert(column.name).second) {
      *error = "There are two columns with the name " + quoted(column.name) + "; names must be different.";
      return {};
    }
  }
  Slots slots;
  constexpr std::string_view kRule = "a table has one row per key.";
  const bool placed = key.type == Table::ColumnType::kInt ? place_keys(key.ints, "Key", "row", kRule, &slots, error)
                                                          : place_keys(key.texts, "Key", "row", kRule, &slots, error);
  if (!placed) return {};
  FileWriter file(sizeof(TableHeader));
  TableHeader header = {};
  std::memcpy(header.magic, kTableMagic, sizeof(header.magic));
  header.version = kResourceVersion;
  header.column_count = static_cast<uint32_t>(columns.size());
  header.rows = rows;
  header.slot_count = slots.slots.size();
  header.probe_limit = slots.probe_limit;
  std::vector<TableFieldHeader> fields(columns.size() + 1);
  header.fields_offset = file.add_section(fields);
  header.slots_offset = file.add_section(slots.slots);
  fields[0] = add_column(&file, key, rows);
  for (size_t i = 0; i < columns.size(); ++i) fields[i + 1] = add_column(&file, columns[i], rows);
  for (size_t i = 0; i < fields.size(); ++i) {
    file.write_at(header.fields_offset + i * sizeof(TableFieldHeader), fields[i]);
  }
  header.file_size = file.size();
  file.write_at(0, header);
  return file.take();
}

}  // namespace feature_extractor
