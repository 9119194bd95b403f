// Records: all that is known of one candidate, in one run of bytes.
//
//   size of the record, number of counts                       two uint32
//   a validity bit for each value of the row                   words of 64 bits
//   values and features of fixed size (RecordLayout)           a text, a list or ragged features: where they stand, and how many
//   counts: which, how many                                    two uint32 each
//   texts, elements of lists, ids and weights                  in any order
//
// The elements of a list stand column by column: the values, and a byte for each whether it is one; both are filled up to whole words.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "engine/executor.h"
#include "engine/write_output.h"

namespace feature_extractor {

// The elements of a list in a record.
struct RecordBlock {
  const std::byte* record;
  uint32_t offset;
  uint32_t count;
};

namespace {

constexpr uint32_t kReasons = 5;
// A tile of records stays in the first-level cache while value after value is taken out of it.
constexpr uint32_t kRecordTile = 32;
// How far ahead of its use a record is fetched from memory, and how much of it at most.
constexpr uint32_t kFetchAhead = 16;
constexpr uint32_t kFetchedBytes = 1024;

struct RecordHeader {
  uint32_t size;
  uint32_t count_count;
};

// Where something of a length of its own stands in the record.
struct RecordPlace {
  uint32_t offset;
  uint32_t count;
};

template <class T>
T load_value(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

size_t whole_words(size_t bytes) { return (bytes + 7) & ~size_t{7}; }

size_t stored_size(const RecordColumn& column) {
  if (column.type == StorageKind::kBool) return 1;
  return column.type == StorageKind::kVector ? sizeof(float) * column.width : 8;
}

Text text_at(const std::byte* record, const std::byte* place) {
  const auto [offset, size] = load_value<RecordPlace>(place);
  return {reinterpret_cast<const char*>(record) + offset, size};
}

// Writes one record behind those that are there.
class RecordWriter {
 public:
  RecordWriter(const RecordLayout& layout, Buffer* bytes, size_t begin)
      : layout_(layout), bytes_(*bytes), begin_(begin), end_(begin) {}

  // Room for `size` zeros, aligned; its place in the record.
  uint32_t take(size_t size) {
    const size_t offset = whole_words(end_ - begin_);
    if (offset + size > INT32_MAX) throw std::length_error("elements");
    bytes_.reserve(begin_ + offset + size, end_);
    std::memset(bytes_.as<char>() + end_, 0, begin_ + offset + size - end_);
    end_ = begin_ + offset + size;
    return static_cast<uint32_t>(offset);
  }

  char* at(uint32_t offset) { return bytes_.as<char>() + begin_ + offset; }

  template <class T>
  void store(uint32_t offset, const T& value) {
    std::memcpy(at(offset), &value, sizeof(T));
  }

  RecordPlace append(const void* bytes, size_t size, size_t count) {
    const uint32_t offset = take(size);
    if (size > 0) std::memcpy(at(offset), bytes, size);
    return {offset, static_cast<uint32_t>(count)};
  }

  // The value of one row of a column, to `offset`.
  template <class ColumnOf>
  void value(const RecordColumn& column, const ColumnOf& column_of, uint32_t row, uint32_t offset) {
    const Column& values = column_of(column.slot);
    switch (column.type) {
      case StorageKind::kBool:
        store(offset, static_cast<const uint8_t*>(values.data)[row]);
        break;
      case StorageKind::kText: {
        const Text text = static_cast<const Text*>(values.data)[row];
        store(offset, append(text.data(), text.size(), text.size()));
        break;
      }
      case StorageKind::kVector:
        std::memcpy(at(offset), static_cast<const float*>(values.data) + static_cast<size_t>(row) * column.width,
                    sizeof(float) * column.width);
        break;
      case StorageKind::kList: {
        const ListEntry entry = static_cast<const ListEntry*>(values.data)[row];
        store(offset, RecordPlace{elements(layout_.lists[column.list], column_of, entry), entry.size});
        break;
      }
      default:
        store(offset, static_cast<const uint64_t*>(values.data)[row]);
        break;
    }
  }

  size_t end() const { return end_; }

 private:
  template <class ColumnOf>
  uint32_t elements(const RecordList& list, const ColumnOf& column_of, ListEntry entry) {
    size_t size = 0;
    for (const RecordColumn& column : list.columns) {
      size += whole_words(stored_size(column) * entry.size) + whole_words(entry.size);
    }
    const uint32_t begin = take(size);
    uint32_t next = begin;
    for (const RecordColumn& column : list.columns) {
      const auto step = static_cast<uint32_t>(stored_size(column));
      const auto validity = next + static_cast<uint32_t>(whole_words(size_t{step} * entry.size));
      const Column& values = column_of(column.slot);
      for (uint32_t i = 0; i < entry.size; ++i) {
        const bool is_null = values.is_null(entry.begin + i);
        store(validity + i, static_cast<uint8_t>(is_null ? 0 : 1));
        if (!is_null) value(column, column_of, entry.begin + i, next + step * i);
      }
      next = validity + static_cast<uint32_t>(whole_words(entry.size));
    }
    return begin;
  }

  const RecordLayout& layout_;
  Buffer& bytes_;
  size_t begin_;
  size_t end_;
};

void write_record_feature(const RecordFeature& feature, const FeatureBuffer& buffer, uint32_t row,
                          RecordWriter* writer) {
  switch (feature.kind) {
    case FeatureKind::kDense:
    case FeatureKind::kLabel:
      std::memcpy(writer->at(feature.offset), buffer.values.as<float>() + static_cast<size_t>(row) * feature.width,
                  sizeof(float) * feature.width);
      return;
    case FeatureKind::kId:
      writer->store(feature.offset, buffer.values.as<int64_t>()[row]);
      return;
    default:
      break;
  }
  const int64_t begin = buffer.offsets.as<int64_t>()[row];
  const auto count = static_cast<size_t>(buffer.offsets.as<int64_t>()[row + 1] - begin);
  if (feature.kind == FeatureKind::kText || feature.kind == FeatureKind::kValue) {
    writer->store(feature.offset, writer->append(buffer.values.as<char>() + begin, count, count));
    return;
  }
  writer->store(feature.offset, writer->append(buffer.values.as<int64_t>() + begin, sizeof(int64_t) * count, count));
  // The weights follow their ids.
  if (feature.kind == FeatureKind::kWeighted) {
    writer->append(buffer.weights.as<float>() + begin, sizeof(float) * count, count);
  }
}

// Appends a ragged feature of all records.
void read_ragged(const RecordFeature& feature, std::span<const std::byte* const> records, FeatureBuffer* buffer) {
  const bool is_bytes = feature.kind == FeatureKind::kText || feature.kind == FeatureKind::kValue;
  const size_t size = is_bytes ? 1 : sizeof(int64_t);
  const auto first = static_cast<size_t>(buffer->rows);
  int64_t* offsets =
      buffer->offsets.reserve_array<int64_t>(first + records.size() + 1, buffer->rows > 0 ? first + 1 : 0);
  if (first == 0) offsets[0] = 0;
  offsets += first + 1;
  const auto written = static_cast<size_t>(buffer->elements);
  size_t total = 0;
  for (size_t i = 0; i < records.size(); ++i) {
    total += load_value<RecordPlace>(records[i] + feature.offset).count;
    offsets[i] = static_cast<int64_t>(written + total);
  }
  char* out = buffer->values.reserve_array<char>((written + total) * size, written * size) + written * size;
  float* weights = nullptr;
  if (feature.kind == FeatureKind::kWeighted) {
    weights = buffer->weights.reserve_array<float>(written + total, written) + written;
  }
  for (const std::byte* record : records) {
    const auto [offset, count] = load_value<RecordPlace>(record + feature.offset);
    if (count == 0) continue;
    std::memcpy(out, record + offset, count * size);
    out += count * size;
    if (weights == nullptr) continue;
    std::memcpy(weights, record + offset + sizeof(int64_t) * count, sizeof(float) * count);
    weights += count;
  }
  buffer->rows += static_cast<int64_t>(records.size());
  buffer->elements = static_cast<int64_t>(written + total);
}

template <class T>
void read_values(std::span<const std::byte* const> records, uint32_t offset, void* out) {
  T* values = static_cast<T*>(out);
  for (size_t i = 0; i < records.size(); ++i) values[i] = load_value<T>(records[i] + offset);
}

// One value of each record.
void read_column(const RecordColumn& column, std::span<const std::byte* const> records, void* out) {
  switch (column.type) {
    case StorageKind::kBool:
      read_values<uint8_t>(records, column.offset, out);
      break;
    case StorageKind::kText:
      for (size_t i = 0; i < records.size(); ++i) {
        static_cast<Text*>(out)[i] = text_at(records[i], records[i] + column.offset);
      }
      break;
    case StorageKind::kVector:
      for (size_t i = 0; i < records.size(); ++i) {
        std::memcpy(static_cast<float*>(out) + i * column.width, records[i] + column.offset,
                    sizeof(float) * column.width);
      }
      break;
    default:
      read_values<uint64_t>(records, column.offset, out);
      break;
  }
}

void read_fixed_feature(const RecordFeature& feature, std::span<const std::byte* const> records, int64_t out_row,
                        FeatureBuffer* buffer) {
  if (feature.kind == FeatureKind::kId) {
    read_values<int64_t>(records, feature.offset, buffer->values.as<int64_t>() + out_row);
  } else if (feature.width == 1) {
    read_values<float>(records, feature.offset, buffer->values.as<float>() + out_row);
  } else {
    float* out = buffer->values.as<float>() + out_row * feature.width;
    for (const std::byte* record : records) {
      std::memcpy(out, record + feature.offset, sizeof(float) * feature.width);
      out += feature.width;
    }
  }
}

bool is_fixed_size(FeatureKind kind) {
  return kind == FeatureKind::kDense || kind == FeatureKind::kLabel || kind == FeatureKind::kId;
}

}  // namespace

// --- making records ---

void Executor::read_inputs(const InputTable* table, std::span<const RowRange> ranges, uint32_t rows) {
  begin_candidates(table, ranges, rows);
  for (const BoundStep& step : program_.stages_[kCandidateDomain]) {
    if (step.feature < 0 && step.kind == Step::Kind::kInput) run_step(step);
  }
}

void Executor::make_records(const InputTable* table, std::span<const RowRange> ranges, uint32_t rows) {
  RecordWork& record = work_.record;
  const Plan& plan = program_.plan();
  record.counts.clear();
  record.counts_rows = true;
  record.features.resize(plan.features.size());
  for (size_t f = 0; f < plan.features.size(); ++f) {
    FeatureBuffer& buffer = record.features[f];
    buffer.rows = buffer.elements = buffer.defaulted = 0;
    if (!plan.features[f].is_computed) continue;
    if (is_fixed_size(plan.features[f].kind)) {
      buffer.values.reserve(std::max(sizeof(int64_t), sizeof(float) * plan.features[f].width) * std::max(rows, 1U));
    } else {
      *buffer.offsets.reserve_array<int64_t>(size_t{rows} + 1) = 0;
      buffer.values.reserve(1);
      buffer.weights.reserve(1);
    }
  }
  out_ = &record.features;
  out_row_ = 0;
  begin_candidates(table, ranges, rows);
  run_stage(kCandidateDomain);
}

void Executor::write_records(const BoundStep& step) {
  RecordWork& record = work_.record;
  const RecordLayout& layout = *program_.plan().record;
  const uint32_t rows = work_.domains[step.domain].rows;
  std::sort(record.counts.begin(), record.counts.end(),
            [](const RowCount& a, const RowCount& b) { return a.row != b.row ? a.row < b.row : a.number < b.number; });
  const auto column_of = [&](int slot) -> const Column& { return work_.columns[slot]; };
  record.begins.assign(1, 0);
  size_t next_count = 0;
  for (uint32_t row = 0; row < rows; ++row) {
    RecordWriter writer(layout, &record.bytes, record.begins.back());
    writer.take(layout.fixed_bytes);
    const size_t first_count = next_count;
    while (next_count < record.counts.size() && record.counts[next_count].row == row) ++next_count;
    for (size_t c = first_count; c < next_count; ++c) {
      const uint32_t pair[2] = {record.counts[c].number, record.counts[c].count};
      writer.append(pair, sizeof(pair), 1);
    }
    for (size_t c = 0; c < layout.columns.size(); ++c) {
      const RecordColumn& column = layout.columns[c];
      if (work_.columns[column.slot].is_null(row)) continue;
      const auto word = static_cast<uint32_t>(kRecordHeaderBytes + c / 64 * 8);
      writer.store(word,
                   load_value<uint64_t>(reinterpret_cast<const std::byte*>(writer.at(word))) | uint64_t{1} << c % 64);
      writer.value(column, column_of, row, column.offset);
    }
    for (const RecordFeature& feature : layout.features) {
      write_record_feature(feature, record.features[feature.feature], row, &writer);
    }
    writer.take(0);  // Up to a whole word.
    writer.store(0, RecordHeader{static_cast<uint32_t>(writer.end() - record.begins.back()),
                                 static_cast<uint32_t>(next_count - first_count)});
    record.begins.push_back(writer.end());
  }
}

void Executor::count_for_row(uint32_t row, uint32_t number, int64_t count) {
  if (count == 0) return;
  AccountedVector<RowCount>& counts = work_.record.counts;
  if (!counts.empty() && counts.back().row == row && counts.back().number == number) {
    counts.back().count += static_cast<uint32_t>(count);
  } else {
    counts.push_back({row, number, static_cast<uint32_t>(count)});
  }
}

// For each row of a domain the candidate that it belongs to; it stands until the next call.
const uint32_t* Executor::candidates_of(int domain) {
  AccountedVector<uint32_t>& owners = work_.record.owners;
  std::vector<int> path;
  for (; domain > kCandidateDomain; domain = program_.plan().domains[domain].parent) path.push_back(domain);
  owners.resize(work_.domains[kCandidateDomain].rows);
  for (size_t i = 0; i < owners.size(); ++i) owners[i] = static_cast<uint32_t>(i);
  AccountedVector<uint32_t> elements;
  for (auto d = path.rbegin(); d != path.rend(); ++d) {
    const auto* entries = static_cast<const ListEntry*>(work_.columns[program_.plan().domains[*d].shape].data);
    elements.clear();
    for (size_t i = 0; i < owners.size(); ++i) elements.insert(elements.end(), entries[i].size, owners[i]);
    owners.swap(elements);
  }
  return owners.data();
}

// The same counts as for all rows at once, but told apart; only rows without a value have any.
void Executor::count_inputs_by_row(const BoundStep& step, const LeafAccess& leaf, std::span<const RowRange> ranges,
                                   const ReadTarget& read) {
  const RecordLayout& layout = *program_.plan().record;
  const int slot = step.step->results[0];
  const BoundSlot& bound = program_.slots_[slot];
  const uint32_t first = layout.site_count + layout.feature_count + kReasons * static_cast<uint32_t>(step.step->input);
  const uint32_t* candidates = candidates_of(step.domain);
  uint32_t at = 0;
  for (const RowRange& range : ranges) {
    for (int64_t i = 0; i < range.count; ++i, ++at) {
      if (read.valid[at] != 0) continue;
      InputCounts counts;
      if (bound.type == StorageKind::kList) {
        counts.nulls = 1;
      } else {
        uint8_t valid = 1;
        ReadTarget one;
        one.values = work_.fetch_index.reserve_array<char>(bound.value_size);
        one.valid = &valid;
        const RowRange row{range.begin + i, 1};
        read_leaf(leaf, bound.type, bound.width, {&row, 1}, &one, &counts);
      }
      const int64_t numbers[kReasons] = {counts.nulls, counts.not_finite, counts.not_utf8, counts.out_of_range,
                                         counts.wrong_size};
      for (uint32_t reason = 0; reason < kReasons; ++reason) {
        count_for_row(candidates[at], first + reason, numbers[reason]);
      }
    }
  }
}

// Writes a feature row by row, to know which rows had no value.
void Executor::write_feature_by_row(const FeatureDeclaration& feature, const OutputValue& output, int index,
                                    uint32_t rows) {
  const size_t size = program_.slots_[feature.value.slot].value_size;
  FeatureBuffer& buffer = (*out_)[index];
  const uint32_t number = program_.plan().record->site_count + static_cast<uint32_t>(index);
  for (uint32_t row = 0; row < rows; ++row) {
    OutputValue one = output;
    one.value.data = static_cast<const char*>(output.value.data) + row * size;
    if (output.value.valid != nullptr) one.value.valid = output.value.valid + row;
    if (output.entries != nullptr) one.entries = output.entries + row;
    const int64_t defaulted = buffer.defaulted;
    write_output(feature, one, 1, out_row_ + row, &buffer);
    count_for_row(row, number, buffer.defaulted - defaulted);
  }
}

// --- reading records ---

void Executor::read_records() {
  const RecordLayout& layout = *program_.plan().record;
  const uint32_t rows = work_.domains[kCandidateDomain].rows;
  const std::span<const std::byte* const> records(work_.record.found.data(), rows);
  const auto fetch = [&](uint32_t row) {
    const uint32_t bytes = std::min(layout.fixed_bytes, kFetchedBytes);
    for (uint32_t at = 0; at < bytes; at += 64) __builtin_prefetch(records[row] + at);
  };
  for (uint32_t row = 0; row < std::min(rows, kFetchAhead); ++row) fetch(row);

  // Which values all records have: only for the others it must be said row by row.
  AccountedVector<uint64_t>& all_valid = work_.record.validity;
  all_valid.assign(layout.validity_words, ~uint64_t{0});
  for (uint32_t row = 0; row < rows; ++row) {
    if (row + kFetchAhead < rows) fetch(row + kFetchAhead);
    const std::byte* record = records[row];
    for (uint32_t word = 0; word < layout.validity_words; ++word) {
      all_valid[word] &= load_value<uint64_t>(record + kRecordHeaderBytes + 8 * word);
    }
    const auto header = load_value<RecordHeader>(record);
    for (uint32_t c = 0; c < header.count_count; ++c) {
      const std::byte* pair = record + layout.fixed_bytes + 8 * c;
      add_count(load_value<uint32_t>(pair), load_value<uint32_t>(pair + 4));
    }
  }
  for (uint32_t begin = 0; begin < rows; begin += kRecordTile) {
    const auto tile = records.subspan(begin, std::min(kRecordTile, rows - begin));
    for (const RecordColumn& column : layout.columns) {
      if (column.type == StorageKind::kList) continue;
      read_column(column, tile,
                  values_of(column.slot, rows) + static_cast<size_t>(begin) * program_.slots_[column.slot].value_size);
    }
    for (const RecordFeature& feature : layout.features) {
      if (is_fixed_size(feature.kind)) {
        read_fixed_feature(feature, tile, out_row_ + begin, &(*out_)[feature.feature]);
      }
    }
  }
  for (size_t c = 0; c < layout.columns.size(); ++c) {
    const RecordColumn& column = layout.columns[c];
    Column& value = work_.columns[column.slot];
    value.data = values_of(column.slot, rows);
    value.width = column.width;
    value.valid = nullptr;
    if ((all_valid[c / 64] >> c % 64 & 1) != 0) continue;
    uint8_t* valid = valid_of(column.slot, rows);
    const uint32_t byte = static_cast<uint32_t>(kRecordHeaderBytes + c / 8);
    for (uint32_t row = 0; row < rows; ++row) {
      valid[row] = static_cast<uint8_t>(static_cast<uint8_t>(records[row][byte]) >> c % 8 & 1);
    }
    value.valid = valid;
  }
  for (const RecordFeature& feature : layout.features) {
    if (!is_fixed_size(feature.kind)) read_ragged(feature, records, &(*out_)[feature.feature]);
  }
  for (const RecordColumn& column : layout.columns) {
    if (column.type != StorageKind::kList) continue;
    auto* blocks = work_.arenas[kCandidateDomain].allocate_array<RecordBlock>(rows);
    for (uint32_t row = 0; row < rows; ++row) {
      const auto [offset, count] = load_value<RecordPlace>(records[row] + column.offset);
      blocks[row] = {records[row], offset, count};
    }
    read_record_list(layout, column, {blocks, rows});
  }
}

// One list per block: the entries, and the columns of the elements.
void Executor::read_record_list(const RecordLayout& layout, const RecordColumn& list,
                                std::span<const RecordBlock> blocks) {
  auto* entries = reinterpret_cast<ListEntry*>(values_of(list.slot, static_cast<uint32_t>(blocks.size())));
  uint64_t total = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    entries[i] = {static_cast<uint32_t>(total), blocks[i].count};
    total += blocks[i].count;
    if (total > kMaximumElements) throw std::length_error("elements");
  }
  work_.columns[list.slot].data = entries;
  const auto rows = static_cast<uint32_t>(total);
  shape_written(list.slot, rows, true);
  const std::vector<RecordColumn>& columns = layout.lists[list.list].columns;
  for (size_t c = 0; c < columns.size(); ++c) {
    const RecordColumn& column = columns[c];
    const size_t size = stored_size(column);
    char* out = values_of(column.slot, rows);
    uint8_t* valid = valid_of(column.slot, rows);
    uint8_t all = 1;
    RecordBlock* inner = nullptr;
    size_t inner_count = 0;
    if (column.type == StorageKind::kList) {
      inner = work_.arenas[kCandidateDomain].allocate_array<RecordBlock>(rows);
    }
    for (const RecordBlock& block : blocks) {
      const size_t count = block.count;
      if (count == 0) continue;
      const std::byte* from = block.record + block.offset;
      for (size_t before = 0; before < c; ++before) {
        from += whole_words(stored_size(columns[before]) * count) + whole_words(count);
      }
      const std::byte* validity = from + whole_words(size * count);
      std::memcpy(valid, validity, count);
      for (size_t i = 0; i < count; ++i) all &= valid[i];
      valid += count;
      if (column.type == StorageKind::kText) {
        auto* texts = reinterpret_cast<Text*>(out);
        for (size_t i = 0; i < count; ++i) texts[i] = text_at(block.record, from + size * i);
        out += sizeof(Text) * count;
      } else if (column.type == StorageKind::kList) {
        for (size_t i = 0; i < count; ++i) {
          const auto place = load_value<RecordPlace>(from + size * i);
          inner[inner_count++] = {block.record, place.offset, place.count};
        }
      } else {
        std::memcpy(out, from, size * count);
        out += size * count;
      }
    }
    Column& value = work_.columns[column.slot];
    value.data = values_of(column.slot, rows);
    value.width = column.width;
    value.valid = all != 0 ? nullptr : valid_of(column.slot, rows);
    if (column.type == StorageKind::kList) read_record_list(layout, column, {inner, inner_count});
  }
}

void Executor::add_count(uint32_t number, uint32_t count) {
  const RecordLayout& layout = *program_.plan().record;
  if (number < layout.site_count) {
    work_.invented_nulls[number] += count;
    return;
  }
  number -= layout.site_count;
  if (number < layout.feature_count) {
    (*out_)[number].defaulted += count;
    return;
  }
  number -= layout.feature_count;
  InputCounts& counts = work_.input_counts[number / kReasons];
  int64_t* const reasons[kReasons] = {&counts.nulls, &counts.not_finite, &counts.not_utf8, &counts.out_of_range,
                                      &counts.wrong_size};
  *reasons[number % kReasons] += count;
}

}  // namespace feature_extractor
