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

// Most runs of values are short. The memory of buffers, which both are in, goes on for kPadding bytes behind them.
void copy_short(void* to, const void* from, size_t size) {
  static_assert(kPadding >= 64);
  std::memcpy(to, from, 64);
  if (size > 64) std::memcpy(static_cast<char*>(to) + 64, static_cast<const char*>(from) + 64, size - 64);
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

// Appends a ragged feature of all records, tile by tile.
class RaggedReader {
 public:
  // `total` is the number of elements in all `rows` records.
  RaggedReader(const RecordFeature& feature, uint32_t rows, size_t total, FeatureBuffer* buffer)
      : offset_(feature.offset),
        size_(feature.kind == FeatureKind::kText || feature.kind == FeatureKind::kValue ? 1 : sizeof(int64_t)),
        next_(buffer->elements) {
    const auto first = static_cast<size_t>(buffer->rows);
    offsets_ = buffer->offsets.reserve_array<int64_t>(first + rows + 1, buffer->rows > 0 ? first + 1 : 0);
    if (first == 0) offsets_[0] = 0;
    offsets_ += first + 1;
    const auto written = static_cast<size_t>(buffer->elements);
    // One more, so that there is a buffer, and with it what lies behind it.
    out_ = buffer->values.reserve_array<char>((written + total) * size_ + 1, written * size_) + written * size_;
    if (feature.kind == FeatureKind::kWeighted) {
      weights_ = buffer->weights.reserve_array<float>(written + total + 1, written) + written;
    }
    buffer->rows += rows;
    buffer->elements += static_cast<int64_t>(total);
  }

  void read(std::span<const std::byte* const> records) {
    for (const std::byte* record : records) {
      const auto [offset, count] = load_value<RecordPlace>(record + offset_);
      next_ += count;
      *offsets_++ = next_;
      copy_short(out_, record + offset, count * size_);
      out_ += count * size_;
      if (weights_ == nullptr) continue;
      copy_short(weights_, record + offset + sizeof(int64_t) * count, sizeof(float) * count);
      weights_ += count;
    }
  }

 private:
  uint32_t offset_;
  size_t size_;
  int64_t next_;
  int64_t* offsets_;
  char* out_;
  float* weights_ = nullptr;
};

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

// Lists that are being read: where their entries and the columns of their elements go.
struct RecordListReader {
  struct Target {
    const RecordColumn* column;
    size_t size;
    char* out;
    uint8_t* valid;
    RecordBlock* inner;  // Of lists in the list.
    bool has_nulls;
  };

  const RecordColumn* list;
  ListEntry* entries;
  std::span<Target> targets;
  uint32_t next;  // The first element of the next list.

  // One list, in the order of the rows.
  void read(const RecordBlock& block) {
    *entries++ = {next, block.count};
    const size_t count = block.count;
    if (count == 0) return;
    const std::byte* from = block.record + block.offset;
    const size_t validity_bytes = whole_words(count);
    for (Target& target : targets) {
      const std::byte* validity = from + whole_words(target.size * count);
      copy_short(target.valid + next, validity, count);
      for (size_t word = 0; word < validity_bytes; word += 8) {
        const size_t bytes = std::min<size_t>(8, count - word);
        const uint64_t all = 0x0101010101010101u >> (8 - bytes) * 8;
        target.has_nulls = target.has_nulls || load_value<uint64_t>(validity + word) != all;
      }
      if (target.column->type == StorageKind::kText) {
        Text* texts = reinterpret_cast<Text*>(target.out) + next;
        for (size_t i = 0; i < count; ++i) texts[i] = text_at(block.record, from + 8 * i);
      } else if (target.inner != nullptr) {
        for (size_t i = 0; i < count; ++i) {
          const auto place = load_value<RecordPlace>(from + 8 * i);
          target.inner[next + i] = {block.record, place.offset, place.count};
        }
      } else {
        copy_short(target.out + target.size * next, from, target.size * count);
      }
      from = validity + validity_bytes;
    }
    next += block.count;
  }
};

// Lists with `total` elements in all of `rows` rows.
RecordListReader Executor::begin_lists(const RecordColumn& list, uint32_t rows, uint64_t total) {
  using Target = RecordListReader::Target;
  if (total > kMaximumElements) throw std::length_error("elements");
  const std::vector<RecordColumn>& columns = program_.plan().record->lists[list.list].columns;
  ChunkArena& arena = work_.arenas[kCandidateDomain];
  auto* targets = arena.allocate_array<Target>(columns.size());
  const auto elements = static_cast<uint32_t>(total);
  for (size_t c = 0; c < columns.size(); ++c) {
    const RecordColumn& column = columns[c];
    RecordBlock* inner = column.type == StorageKind::kList ? arena.allocate_array<RecordBlock>(elements) : nullptr;
    targets[c] = {
        &column, stored_size(column), values_of(column.slot, elements), valid_of(column.slot, elements), inner, false};
  }
  auto* entries = reinterpret_cast<ListEntry*>(values_of(list.slot, rows));
  work_.columns[list.slot].data = entries;
  return {&list, entries, {targets, columns.size()}, 0};
}

void Executor::end_lists(const RecordListReader& reader) {
  shape_written(reader.list->slot, reader.next, true);
  for (const RecordListReader::Target& target : reader.targets) {
    Column& value = work_.columns[target.column->slot];
    value.data = target.out;
    value.width = target.column->width;
    value.valid = target.has_nulls ? target.valid : nullptr;
    if (target.inner == nullptr) continue;
    const std::span<const RecordBlock> blocks(target.inner, reader.next);
    uint64_t total = 0;
    for (const RecordBlock& block : blocks) total += block.count;
    RecordListReader inner = begin_lists(*target.column, reader.next, total);
    for (const RecordBlock& block : blocks) inner.read(block);
    end_lists(inner);
  }
}

// Two rounds over the records. The first one fetches them from memory, and finds how much there is and what is null; in the second a
// few records at a time are taken apart, while they are in the first-level cache.
void Executor::read_records() {
  const RecordLayout& layout = *program_.plan().record;
  const uint32_t rows = work_.domains[kCandidateDomain].rows;
  const std::span<const std::byte* const> records(work_.record.found.data(), rows);
  ChunkArena& arena = work_.arenas[kCandidateDomain];
  // What has a length of its own: where that stands, and the sum.
  struct Length {
    uint32_t offset;
    uint64_t total;
  };
  auto* lengths = arena.allocate_array<Length>(layout.columns.size() + layout.features.size());
  size_t length_count = 0;
  for (const RecordColumn& column : layout.columns) {
    if (column.type == StorageKind::kList) lengths[length_count++] = {column.offset, 0};
  }
  for (const RecordFeature& feature : layout.features) {
    if (!is_fixed_size(feature.kind)) lengths[length_count++] = {feature.offset, 0};
  }
  const auto fetch = [&](uint32_t row) {
    for (uint32_t at = 0; at < kFetchedBytes; at += 64) __builtin_prefetch(records[row] + at);
  };
  for (uint32_t row = 0; row < std::min(rows, kFetchAhead); ++row) fetch(row);
  AccountedVector<uint64_t>& all_valid = work_.record.validity;
  all_valid.assign(layout.validity_words, ~uint64_t{0});
  for (uint32_t row = 0; row < rows; ++row) {
    if (row + kFetchAhead < rows) fetch(row + kFetchAhead);
    const std::byte* record = records[row];
    for (uint32_t word = 0; word < layout.validity_words; ++word) {
      all_valid[word] &= load_value<uint64_t>(record + kRecordHeaderBytes + 8 * word);
    }
    for (size_t i = 0; i < length_count; ++i) {
      lengths[i].total += load_value<RecordPlace>(record + lengths[i].offset).count;
    }
    const auto header = load_value<RecordHeader>(record);
    for (uint32_t c = 0; c < header.count_count; ++c) {
      const std::byte* pair = record + layout.fixed_bytes + 8 * c;
      add_count(load_value<uint32_t>(pair), load_value<uint32_t>(pair + 4));
    }
  }

  const Length* length = lengths;
  auto* lists = arena.allocate_array<RecordListReader>(layout.columns.size());
  size_t list_count = 0;
  for (const RecordColumn& column : layout.columns) {
    if (column.type == StorageKind::kList) lists[list_count++] = begin_lists(column, rows, length++->total);
  }
  auto* ragged = arena.allocate_array<RaggedReader>(layout.features.size());
  size_t ragged_count = 0;
  for (const RecordFeature& feature : layout.features) {
    if (is_fixed_size(feature.kind)) continue;
    ragged[ragged_count++] = RaggedReader(feature, rows, length++->total, &(*out_)[feature.feature]);
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
    for (RaggedReader& reader : std::span(ragged, ragged_count)) reader.read(tile);
    for (RecordListReader& reader : std::span(lists, list_count)) {
      for (const std::byte* record : tile) {
        const auto [offset, count] = load_value<RecordPlace>(record + reader.list->offset);
        reader.read({record, offset, count});
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
    const auto byte = static_cast<uint32_t>(kRecordHeaderBytes + c / 8);
    for (uint32_t row = 0; row < rows; ++row) {
      valid[row] = static_cast<uint8_t>(static_cast<uint8_t>(records[row][byte]) >> c % 8 & 1);
    }
    value.valid = valid;
  }
  for (const RecordListReader& reader : std::span(lists, list_count)) end_lists(reader);
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
