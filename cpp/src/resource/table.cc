#include <algorithm>
#include <cmath>
#include <cstring>

#include "arrow/utf8.h"
#include "feature_extractor/hash_index.h"
#include "resource/hash_slots.h"
#include "resource/resource_reader.h"
#include "resource/section_bounds.h"

namespace feature_extractor {

namespace {

template <class T>
T load_value(const unsigned char* values, int64_t row) {
  T value;
  std::memcpy(&value, values + static_cast<uint64_t>(row) * sizeof(T), sizeof(T));
  return value;
}

bool is_column_type(uint32_t type) {
  return type >= static_cast<uint32_t>(Table::ColumnType::kBool) &&
         type <= static_cast<uint32_t>(Table::ColumnType::kText);
}

}  // namespace

Text Table::Field::text_at(int64_t row) const {
  const auto begin = load_value<uint64_t>(values, row);
  const auto end = load_value<uint64_t>(values, row + 1);
  if (begin > end || end > text_size) return {};
  return {text + begin, end - begin};
}

int64_t Table::find(int64_t key, uint64_t hash) const {
  return find_in_slots(slots_, slot_mask_, probe_limit_, hash, [&](uint64_t row) {
    return row < static_cast<uint64_t>(rows_) && load_value<int64_t>(key_.values, static_cast<int64_t>(row)) == key;
  });
}

int64_t Table::find(Text key, uint64_t hash) const {
  return find_in_slots(slots_, slot_mask_, probe_limit_, hash, [&](uint64_t row) {
    return row < static_cast<uint64_t>(rows_) && equal_values(key_.text_at(static_cast<int64_t>(row)), key);
  });
}

int64_t Table::find(int64_t key) const { return key_.type == ColumnType::kInt ? find(key, hash_key(key)) : -1; }

int64_t Table::find(Text key) const { return key_.type == ColumnType::kText ? find(key, hash_key(key)) : -1; }

void Table::find(const int64_t* keys, uint32_t count, int64_t* rows) const {
  if (key_.type != ColumnType::kInt) {
    std::fill_n(rows, count, int64_t{-1});
    return;
  }
  find_group(
      slots_, slot_mask_, static_cast<uint64_t>(rows_), keys, count, 1,
      [&](uint64_t row, int) { __builtin_prefetch(key_.values + row * sizeof(int64_t)); },
      [&](uint32_t i, uint64_t hash) { rows[i] = find(keys[i], hash); });
}

void Table::find(const Text* keys, uint32_t count, int64_t* rows) const {
  if (key_.type != ColumnType::kText) {
    std::fill_n(rows, count, int64_t{-1});
    return;
  }
  // The offsets start at a multiple of 64 bytes.
  const auto* const offsets = reinterpret_cast<const uint64_t*>(key_.values);
  find_group(
      slots_, slot_mask_, static_cast<uint64_t>(rows_), keys, count, 2,
      [&](uint64_t row, int round) { prefetch_text(offsets, key_.text, key_.text_size, row, round); },
      [&](uint32_t i, uint64_t hash) { rows[i] = find(keys[i], hash); });
}

Table::ColumnType Table::key_type() const { return key_.type; }

int Table::column(Text name) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

Table::ColumnType Table::column_type(int column) const { return fields_[static_cast<size_t>(column)].type; }

int64_t Table::rows() const { return rows_; }

const Table::Field* Table::field_with_value(int column, int64_t row, ColumnType type) const {
  // A negative number becomes a large one, so one comparison serves both ends.
  if (static_cast<size_t>(column) >= fields_.size()) return nullptr;
  if (static_cast<uint64_t>(row) >= static_cast<uint64_t>(rows_)) return nullptr;
  const Field& field = fields_[static_cast<size_t>(column)];
  if (field.type != type || (field.valid != nullptr && field.valid[row] == 0)) return nullptr;
  return &field;
}

Nullable<bool> Table::bool_at(int column, int64_t row) const {
  const Field* field = field_with_value(column, row, ColumnType::kBool);
  if (field == nullptr) return null;
  return field->values[row] != 0;
}

Nullable<int64_t> Table::int_at(int column, int64_t row) const {
  const Field* field = field_with_value(column, row, ColumnType::kInt);
  if (field == nullptr) return null;
  return load_value<int64_t>(field->values, row);
}

Nullable<double> Table::float_at(int column, int64_t row) const {
  const Field* field = field_with_value(column, row, ColumnType::kFloat);
  if (field == nullptr) return null;
  const auto value = load_value<double>(field->values, row);
  if (!std::isfinite(value)) return null;
  return value;
}

Nullable<Text> Table::text_at(int column, int64_t row) const {
  const Field* field = field_with_value(column, row, ColumnType::kText);
  if (field == nullptr) return null;
  const Text text = field->text_at(row);
  // The builder wrote valid text, but kernels rely on it for their own safety, so what a damaged or
  // forged file holds is checked here, a few nanoseconds for the length of an ordinary cell.
  if (!is_ascii(text.data(), text.size()) && !is_valid_utf8(text)) return null;
  return text;
}

StatusOr<Table> ResourceReader::open_table(std::span<const std::byte> bytes) {
  SectionBounds bounds(bytes, "table");
  const auto header = bounds.read_header<TableHeader>(kTableMagic);
  Table table;
  table.slots_ = bounds.slots(header.slots_offset, header.slot_count, header.rows, header.probe_limit);
  bounds.require(header.column_count <= kMaximumTableColumns, "has more columns than the format allows");
  const unsigned char* directory = bounds.section("column directory", header.fields_offset,
                                                  uint64_t{header.column_count} + 1, sizeof(TableFieldHeader));
  if (!bounds.ok()) return bounds.status();
  table.slot_mask_ = header.slot_count - 1;
  table.rows_ = static_cast<int64_t>(header.rows);
  table.probe_limit_ = header.probe_limit;
  table.fields_.resize(header.column_count);
  for (uint32_t i = 0; i <= header.column_count; ++i) {
    TableFieldHeader entry;
    std::memcpy(&entry, directory + uint64_t{i} * sizeof(entry), sizeof(entry));
    bounds.require(is_column_type(entry.type), "has a column of unknown type");
    if (!bounds.ok()) return bounds.status();
    Table::Field& field = i == 0 ? table.key_ : table.fields_[i - 1];
    field.type = static_cast<Table::ColumnType>(entry.type);
    const bool is_text = field.type == Table::ColumnType::kText;
    const uint64_t value_size = field.type == Table::ColumnType::kBool ? 1 : 8;
    const unsigned char* name = bounds.section("column name", entry.name_offset, entry.name_size, 1);
    field.values = bounds.section("column values", entry.values_offset, header.rows + (is_text ? 1 : 0), value_size);
    if (entry.valid_offset != 0) {
      field.valid = bounds.section("column validity", entry.valid_offset, header.rows, 1);
    }
    if (is_text) {
      field.text = reinterpret_cast<const char*>(
          bounds.section("column text", entry.text_offset, entry.text_size, 1, kTextPadding));
      field.text_size = entry.text_size;
    }
    if (!bounds.ok()) return bounds.status();
    field.name = {reinterpret_cast<const char*>(name), entry.name_size};
  }
  bounds.require(table.key_.type == Table::ColumnType::kInt || table.key_.type == Table::ColumnType::kText,
                 "has a key that is neither int nor text");
  bounds.require(table.key_.valid == nullptr, "has a key column with nulls");
  if (!bounds.ok()) return bounds.status();
  return table;
}

}  // namespace feature_extractor
