#include "catalogue/catalogue.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "arrow/schema_builder.h"
#include "arrow/shown_text.h"
#include "engine/floating_point_mode.h"
#include "engine/split_program.h"
#include "resource/hash_slots.h"

namespace feature_extractor {
namespace {

constexpr int64_t kBuildRows = 1024;
constexpr uint32_t kManyBuildElements = 1U << 17;
constexpr uint32_t kNoRow = 0xFFFFFFFF;

// Keys of some rows of a table; the values stand in the buffers. Rows count from the beginning of the columns.
void read_keys(const InputTable& table, int input, bool is_text, RowRange rows, Buffer* values, Buffer* valid,
               ReadTarget* target) {
  const auto count = static_cast<size_t>(rows.count);
  target->values = values->reserve_array<char>(count * (is_text ? sizeof(Text) : sizeof(int64_t)));
  target->valid = valid->reserve_array<uint8_t>(count);
  InputCounts counts;
  read_leaf(table.leaf(input, {}), is_text ? StorageKind::kText : StorageKind::kInt, 0, {&rows, 1}, target, &counts);
}

int find_candidate_input(const Plan& plan, const std::string& name) {
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    if (plan.inputs[i].domain == kCandidateDomain && plan.inputs[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

const ArrowSchema* find_column(const ArrowSchema& schema, const std::string& name) {
  for (int64_t c = 0; c < schema.n_children; ++c) {
    if (schema.children[c]->name != nullptr && name == schema.children[c]->name) return schema.children[c];
  }
  return nullptr;
}

std::string names_of_columns(const ArrowSchema& schema) {
  std::string names;
  for (int64_t c = 0; c < schema.n_children && names.size() < 300; ++c) {
    if (schema.children[c]->name != nullptr)
      names += (names.empty() ? "" : ", ") + std::string(schema.children[c]->name);
  }
  return names;
}

std::string_view format_of_values(const ArrowSchema& column) {
  return column.dictionary != nullptr ? column.dictionary->format : column.format;
}

bool holds_integers(const ArrowSchema& column) {
  const std::string_view format = format_of_values(column);
  return format.size() == 1 && std::strchr("cCsSiIlL", format[0]) != nullptr;
}

// Or nothing but nulls, of which the first is told.
bool holds_texts(const ArrowSchema& column) {
  const std::string_view format = format_of_values(column);
  return format == "u" || format == "U" || format == "vu" || format == "n";
}

Status invalid(std::string message) { return Status::error(ErrorCode::kInvalidArgument, std::move(message)); }

}  // namespace

class CatalogueBuilder {
 public:
  CatalogueBuilder(std::shared_ptr<const Extractor> base, const ArrowSchema& schema, const ArrowArray& table,
                   const CatalogueOptions& options)
      : base_(std::move(base)), schema_(schema), table_(table), options_(options) {}

  StatusOr<CatalogueExtractor> build() {
    if (Status status = read_columns(); !status.ok()) return status;
    auto parts = split_program(base_->program(), held_, [&](Plan* live) {
      catalogue_->key_input_ = find_candidate_input(*live, options_.key);
      if (catalogue_->key_input_ < 0) {
        catalogue_->key_input_ = static_cast<int>(live->inputs.size());
        live->inputs.push_back(key_declaration());
      }
      live->inputs[catalogue_->key_input_].is_key = true;
    });
    if (!parts.ok()) return parts.status();
    maker_ = std::move(parts->fixed);
    if (Status status = candidates_.match(schema_, table_, maker_->plan(), kCandidateDomain, maker_->used_inputs());
        !status.ok()) {
      return status;
    }
    if (Status status = index_keys(); !status.ok()) return status;
    if (Status status = make_records(); !status.ok()) return status;
    make_unknown();
    count_bytes();
    auto extractor = std::make_shared<Extractor>(std::move(parts->live), base_, catalogue_);
    return CatalogueExtractor{std::move(extractor), catalogue_};
  }

 private:
  InputDeclaration key_declaration() const {
    InputDeclaration key;
    key.domain = kCandidateDomain;
    key.name = options_.key;
    key.type.kind = catalogue_->has_text_keys_ ? DeclaredType::Kind::kString : DeclaredType::Kind::kInt;
    return key;
  }

  Status read_columns() {
    const Plan& plan = base_->plan();
    if (base_->records() != nullptr) {
      return invalid("The extractor has a catalogue or a cache already. Start from the one that was loaded.");
    }
    if (plan.output_domain != kCandidateDomain) {
      return invalid("The program has no candidate inputs, so there is nothing that a catalogue could hold.");
    }
    if (schema_.format == nullptr || std::strcmp(schema_.format, "+s") != 0) {
      return invalid("A catalogue must be a table or a record batch (an Arrow struct).");
    }
    const ArrowSchema* column = find_column(schema_, options_.key);
    if (column == nullptr) {
      return invalid("The key column '" + options_.key + "' is missing. The data has: " + names_of_columns(schema_) +
                     ".");
    }
    catalogue_->key_ = options_.key;
    catalogue_->has_text_keys_ = !holds_integers(*column);
    const int declared = find_candidate_input(plan, options_.key);
    if (declared >= 0) {
      const DeclaredType& type = plan.inputs[declared].type;
      if (type.kind != DeclaredType::Kind::kInt && type.kind != DeclaredType::Kind::kString) {
        return invalid("The key column '" + options_.key + "' must be int or string; the program declares it as " +
                       type.text() + ".");
      }
      catalogue_->has_text_keys_ = type.kind == DeclaredType::Kind::kString;
    } else if (!holds_integers(*column) && !holds_texts(*column)) {
      return invalid("The key column '" + options_.key +
                     "' must be int or string, and the data has neither. Cast the column.");
    }
    held_.assign(plan.inputs.size(), false);
    bool holds_any = false;
    std::string wanted;
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      if (plan.inputs[i].domain != kCandidateDomain || !base_->program().used_inputs()[i]) continue;
      held_[i] = find_column(schema_, plan.inputs[i].name) != nullptr;
      holds_any = holds_any || held_[i];
      wanted += (wanted.empty() ? "" : ", ") + plan.inputs[i].name;
    }
    if (!holds_any) {
      return invalid("No column of the catalogue is a candidate input of the program. It reads: " + wanted +
                     ". The data has: " + names_of_columns(schema_) + ".");
    }
    Plan keys;
    keys.inputs.push_back(key_declaration());
    return keys_.match(schema_, table_, keys, kCandidateDomain, {true});
  }

  // --- keys ---

  Status index_keys() {
    const int64_t rows = keys_.rows();
    if (rows >= int64_t{kNoRow}) return Status::error(ErrorCode::kLimit, "A catalogue has at most 4,294,967,294 rows.");
    size_t slots = 16;
    while (slots * 3 < static_cast<size_t>(rows) * 4) slots *= 2;
    catalogue_->slots_.assign(slots, {0, 0});
    catalogue_->records_.assign(static_cast<size_t>(rows), nullptr);
    Buffer values;
    Buffer valid;
    for (int64_t begin = 0; begin < rows; begin += kBuildRows) {
      const int64_t count = std::min(kBuildRows, rows - begin);
      ReadTarget target;
      read_keys(keys_, 0, catalogue_->has_text_keys_, {begin + keys_.row_shift(), count}, &values, &valid, &target);
      for (int64_t i = 0; i < count && target.has_nulls; ++i) {
        if (target.valid[i] == 0) {
          return invalid("Row " + std::to_string(begin + i) + " of the catalogue has no key: column '" + options_.key +
                         "' is null there, or " +
                         (catalogue_->has_text_keys_ ? "no text in UTF-8." : "an integer of more than 63 bits."));
        }
      }
      if (catalogue_->has_text_keys_) keep_texts(static_cast<const Text*>(target.data), count);
      for (int64_t i = 0; i < count; ++i) {
        const Status status = catalogue_->has_text_keys_
                                  ? add(catalogue_->texts_[static_cast<size_t>(begin + i)], begin + i)
                                  : add(static_cast<const int64_t*>(target.data)[i], begin + i);
        if (!status.ok()) return status;
      }
    }
    return Status::success();
  }

  void keep_texts(const Text* texts, int64_t count) {
    size_t size = 0;
    for (int64_t i = 0; i < count; ++i) size += texts[i].size();
    Buffer block;
    char* out = block.reserve_array<char>(size + 1);
    for (int64_t i = 0; i < count; ++i) {
      if (!texts[i].empty()) std::memcpy(out, texts[i].data(), texts[i].size());
      catalogue_->texts_.emplace_back(out, texts[i].size());
      out += texts[i].size();
    }
    catalogue_->key_blocks_.push_back(std::move(block));
  }

  template <class Key>
  Status add(Key key, int64_t row) {
    const int64_t known = catalogue_->row_of(key);
    if (known >= 0) {
      std::string text;
      if constexpr (std::is_same_v<Key, Text>) {
        text = "'" + shown_text(key, 100) + "'";
      } else {
        text = std::to_string(key);
      }
      return invalid("Key " + text + " comes twice in column '" + options_.key + "': in rows " + std::to_string(known) +
                     " and " + std::to_string(row) + ". A catalogue has one row per key.");
    }
    const uint64_t hash = hash_key(key);
    uint64_t slot = catalogue_->slot_of(hash);
    while (catalogue_->slots_[slot].row_plus_one != 0) slot = catalogue_->slot_of(slot + 1);
    uint64_t stored = hash;
    if constexpr (!std::is_same_v<Key, Text>) stored = static_cast<uint64_t>(key);
    catalogue_->slots_[slot] = {stored, static_cast<uint32_t>(row + 1)};
    return Status::success();
  }

  // --- records ---

  struct Part {
    std::vector<Buffer> blocks;
    Status status;
    std::exception_ptr failure;
  };

  Status make_records() {
    const int64_t rows = keys_.rows();
    const auto threads = std::clamp<int64_t>(options_.threads, 1, std::clamp<int64_t>(rows / kBuildRows, 1, 64));
    std::vector<Part> parts(static_cast<size_t>(threads));
    const auto run = [&](int64_t part) {
      Part& own = parts[static_cast<size_t>(part)];
      try {
        own.status = make_part(rows * part / threads, rows * (part + 1) / threads, &own.blocks);
      } catch (...) {
        own.failure = std::current_exception();
      }
    };
    {
      std::vector<std::jthread> running;
      for (int64_t part = 1; part < threads; ++part) running.emplace_back(run, part);
      run(0);
    }
    for (Part& part : parts) {
      if (part.failure) std::rethrow_exception(part.failure);
      if (!part.status.ok()) return part.status;
      for (Buffer& block : part.blocks) catalogue_->blocks_.push_back(std::move(block));
    }
    return Status::success();
  }

  Status make_part(int64_t first, int64_t last, std::vector<Buffer>* blocks) {
    const FloatingPointMode mode;
    Workspace work(*maker_);
    work.record.counts_inputs = true;
    Executor executor(*maker_, &work);
    int64_t limit = kBuildRows;
    for (int64_t row = first; row < last;) {
      const int64_t count = std::min(limit, last - row);
      const RowRange range{row + candidates_.row_shift(), count};
      executor.make_records(&candidates_, {&range, 1}, static_cast<uint32_t>(count));
      const AccountedVector<size_t>& begins = work.record.begins;
      blocks->emplace_back();
      char* bytes = blocks->back().reserve_array<char>(begins.back());
      std::memcpy(bytes, work.record.bytes.as<char>(), begins.back());
      for (int64_t i = 0; i < count; ++i) {
        const auto at = static_cast<size_t>(i);
        if (begins[at + 1] - begins[at] > kMaximumRecordBytes) {
          return Status::error(ErrorCode::kLimit,
                               "Row " + std::to_string(row + i) + " of the catalogue has values of " +
                                   std::to_string(begins[at + 1] - begins[at]) + " bytes; at most " +
                                   std::to_string(kMaximumRecordBytes) + " are held of a candidate.");
        }
        catalogue_->records_[static_cast<size_t>(row) + at] = reinterpret_cast<const std::byte*>(bytes + begins[at]);
      }
      row += count;
      const uint32_t largest = executor.largest_domain(kCandidateDomain);
      if (largest > kManyBuildElements) {
        limit = std::max<int64_t>(1, limit / 2);
      } else if (largest < kManyBuildElements / 4) {
        limit = std::min(kBuildRows, limit * 2);
      }
    }
    return Status::success();
  }

  // A row in which each column is null.
  void make_unknown() {
    std::vector<ArrowSchema> fields;
    std::vector<ArrowArray> columns;
    const Plan& plan = maker_->plan();
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      if (held_[i]) fields.push_back(make_arrow_schema("n", plan.inputs[i].name));
    }
    columns.resize(fields.size());
    std::vector<ArrowArray*> pointers;
    for (ArrowArray& column : columns) {
      column.length = column.null_count = 1;
      pointers.push_back(&column);
    }
    ArrowSchema schema = make_arrow_schema("+s", "", std::move(fields));
    const void* no_bitmap[1] = {nullptr};
    ArrowArray row{};
    row.length = 1;
    row.n_buffers = 1;
    row.buffers = no_bitmap;
    row.n_children = static_cast<int64_t>(pointers.size());
    row.children = pointers.data();
    InputTable table;
    const Status status = table.match(schema, row, plan, kCandidateDomain, maker_->used_inputs());
    schema.release(&schema);
    if (!status.ok()) throw std::logic_error(status.message);  // Nulls are of any type.
    const FloatingPointMode mode;
    Workspace work(*maker_);
    work.record.counts_inputs = true;
    const RowRange range{0, 1};
    Executor(*maker_, &work).make_records(&table, {&range, 1}, 1);
    const size_t size = work.record.begins.back();
    std::memcpy(catalogue_->unknown_.reserve_array<char>(size), work.record.bytes.as<char>(), size);
  }

  void count_bytes() {
    Catalogue& made = *catalogue_;
    size_t bytes = made.unknown_.capacity() + made.slots_.size() * sizeof(Catalogue::Slot) +
                   made.records_.size() * sizeof(made.records_[0]) + made.texts_.size() * sizeof(Text);
    for (const Buffer& block : made.blocks_) bytes += block.capacity();
    for (const Buffer& block : made.key_blocks_) bytes += block.capacity();
    made.bytes_ = static_cast<int64_t>(bytes);
  }

  std::shared_ptr<const Extractor> base_;
  const ArrowSchema& schema_;
  const ArrowArray& table_;
  const CatalogueOptions& options_;
  std::shared_ptr<Catalogue> catalogue_ = std::make_shared<Catalogue>();
  std::vector<bool> held_;
  std::unique_ptr<Program> maker_;
  InputTable keys_;
  InputTable candidates_;
};

int64_t Catalogue::row_of(int64_t key) const {
  for (uint64_t slot = slot_of(hash_key(key));; slot = slot_of(slot + 1)) {
    const Slot& found = slots_[slot];
    if (found.row_plus_one == 0) return -1;
    if (found.key == static_cast<uint64_t>(key)) return int64_t{found.row_plus_one} - 1;
  }
}

int64_t Catalogue::row_of(Text key) const {
  const uint64_t hash = hash_key(key);
  for (uint64_t slot = slot_of(hash);; slot = slot_of(slot + 1)) {
    const Slot& found = slots_[slot];
    if (found.row_plus_one == 0) return -1;
    if (found.key == hash && texts_[found.row_plus_one - 1] == key) return int64_t{found.row_plus_one} - 1;
  }
}

void Catalogue::find(const InputTable& candidates, RowRange rows, Workspace* work) const {
  RecordWork& record = work->record;
  const auto count = static_cast<size_t>(rows.count);
  ReadTarget target;
  read_keys(candidates, key_input_, has_text_keys_, {rows.begin + candidates.row_shift(), rows.count}, &record.keys,
            &record.key_validity, &target);
  record.found.resize(count);
  auto* row_of_key = record.copies.reserve_array<uint32_t>(count);
  // In rounds, so that the cache misses of all keys overlap: the slots, then where the records stand.
  const auto search = [&](const auto* keys) {
    for (size_t i = 0; i < count; ++i) __builtin_prefetch(&slots_[slot_of(hash_key(keys[i]))]);
    for (size_t i = 0; i < count; ++i) {
      const int64_t row = target.has_nulls && target.valid[i] == 0 ? -1 : row_of(keys[i]);
      row_of_key[i] = static_cast<uint32_t>(row);
      if (row >= 0) __builtin_prefetch(&records_[static_cast<size_t>(row)]);
    }
  };
  if (has_text_keys_) {
    search(static_cast<const Text*>(target.data));
  } else {
    search(static_cast<const int64_t*>(target.data));
  }
  for (size_t i = 0; i < count; ++i) {
    const bool is_known = row_of_key[i] != kNoRow;
    record.found[i] = is_known ? records_[row_of_key[i]] : unknown_.as<const std::byte>();
    record.unknown_keys += is_known ? 0 : 1;
  }
}

StatusOr<CatalogueExtractor> with_catalogue(std::shared_ptr<const Extractor> extractor, const ArrowSchema& schema,
                                            const ArrowArray& table, const CatalogueOptions& options) {
  try {
    return CatalogueBuilder(std::move(extractor), schema, table, options).build();
  } catch (const std::bad_alloc&) {
    return Status::error(ErrorCode::kOutOfMemory, "There is not enough memory for the catalogue.");
  } catch (const std::length_error&) {
    return Status::error(ErrorCode::kLimit, "The lists of one candidate have more than 268,435,456 elements together.");
  } catch (const std::system_error& error) {
    return Status::error(ErrorCode::kLimit, std::string("A thread could not be started: ") + error.what() + ".");
  }
}

}  // namespace feature_extractor
