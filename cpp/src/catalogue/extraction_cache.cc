#include "catalogue/extraction_cache.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "catalogue/catalogue.h"
#include "plan/split.h"

namespace feature_extractor {
namespace {

// What an entry takes beside its record: the entry, a node and a bucket of the map, the header of the block.
constexpr int64_t kEntryBytes = 112;

XXH128_hash_t digest_of(const void* bytes, size_t size, uint64_t seed) {
  return XXH3_128bits_withSeed(bytes, size, seed);
}

}  // namespace

ExtractionCache::ExtractionCache(std::unique_ptr<Program> maker, int64_t bytes)
    : maker_(std::move(maker)), capacity_(bytes) {
  add_group(kCandidateDomain);
}

int ExtractionCache::add_group(int domain) {
  const Plan& plan = maker_->plan();
  const auto id = static_cast<int>(groups_.size());
  groups_.emplace_back();
  group_domains_.push_back(domain);
  KeyGroup group;
  for (const Step& step : plan.steps) {
    if (step.kind != Step::Kind::kInput || plan.slots[step.results[0]].domain != domain) continue;
    const Slot& slot = plan.slots[step.results[0]];
    KeyColumn column{step.results[0], slot.type, slot.width, -1};
    if (slot.type == StorageKind::kList) {
      for (const int elements : plan.domains_of_shape[step.results[0]]) {
        if (plan.domains[elements].origin < 0) column.elements = add_group(elements);
      }
    }
    group.columns.push_back(column);
  }
  group.validity_bytes = (group.columns.size() + 7) / 8 * 8;
  group.row_bytes = group.validity_bytes;
  for (const KeyColumn& column : group.columns) {
    const bool is_number =
        column.type == StorageKind::kBool || column.type == StorageKind::kInt || column.type == StorageKind::kFloat;
    group.row_bytes += is_number ? 8 : sizeof(XXH128_hash_t);
  }
  groups_[id] = std::move(group);
  return id;
}

// A run of bytes for each row of a domain: what is null, the numbers, and digests of all that has a length. Equal rows give equal
// bytes, and other rows others, as far as 128 bits tell them apart.
const char* ExtractionCache::write_keys(int id, const Executor& executor, int domain, Workspace* work) const {
  const KeyGroup& group = groups_[id];
  const uint32_t rows = executor.rows_of(domain);
  const size_t step = group.row_bytes;
  char* const out = work->arenas[kCandidateDomain].allocate(step * rows);
  std::memset(out, 0, step * rows);
  size_t offset = group.validity_bytes;
  for (size_t c = 0; c < group.columns.size(); ++c) {
    const KeyColumn& key = group.columns[c];
    const Column& column = executor.column(key.slot);
    const char* elements =
        key.elements < 0 ? nullptr : write_keys(key.elements, executor, group_domains_[key.elements], work);
    const size_t element_bytes = key.elements < 0 ? 0 : groups_[key.elements].row_bytes;
    for (uint32_t row = 0; row < rows; ++row) {
      if (column.is_null(row)) continue;
      char* const to = out + row * step;
      to[c] = 1;
      switch (key.type) {
        case StorageKind::kBool:
          to[offset] = static_cast<char>(static_cast<const uint8_t*>(column.data)[row]);
          break;
        case StorageKind::kText: {
          const Text text = static_cast<const Text*>(column.data)[row];
          const XXH128_hash_t digest = digest_of(text.data(), text.size(), 0);
          std::memcpy(to + offset, &digest, sizeof(digest));
          break;
        }
        case StorageKind::kVector: {
          const float* vector = static_cast<const float*>(column.data) + static_cast<size_t>(row) * key.width;
          const XXH128_hash_t digest = digest_of(vector, sizeof(float) * key.width, 0);
          std::memcpy(to + offset, &digest, sizeof(digest));
          break;
        }
        case StorageKind::kList: {
          const ListEntry entry = static_cast<const ListEntry*>(column.data)[row];
          const char* begin = elements == nullptr ? nullptr : elements + element_bytes * entry.begin;
          // Where nothing of the elements is read, there is nothing but their number.
          const uint64_t seed = element_bytes == 0 ? entry.size : 0;
          const XXH128_hash_t digest = digest_of(begin, element_bytes * entry.size, seed);
          std::memcpy(to + offset, &digest, sizeof(digest));
          break;
        }
        default:
          std::memcpy(to + offset, static_cast<const uint64_t*>(column.data) + row, 8);
          break;
      }
    }
    const bool is_number =
        key.type == StorageKind::kBool || key.type == StorageKind::kInt || key.type == StorageKind::kFloat;
    offset += is_number ? 8 : sizeof(XXH128_hash_t);
  }
  return out;
}

void ExtractionCache::find(const InputTable& candidates, RowRange rows, Workspace* work) const {
  RecordWork& record = work->record;
  if (record.maker == nullptr) record.maker = std::make_unique<Workspace>(*maker_);
  Workspace& maker = *record.maker;
  Executor executor(*maker_, &maker);
  const int64_t begin = rows.begin + candidates.row_shift();
  const auto count = static_cast<size_t>(rows.count);
  const RowRange range{begin, rows.count};
  // All inputs are read in any case, so what is met at the boundary is counted here and not in the records.
  maker.clear_counts();
  executor.read_inputs(&candidates, {&range, 1}, static_cast<uint32_t>(count));
  for (size_t i = 0; i < maker.input_counts.size(); ++i) work->input_counts[i].add(maker.input_counts[i]);
  const char* keys = write_keys(0, executor, kCandidateDomain, &maker);
  auto* digests = reinterpret_cast<Digest*>(record.keys.reserve_array<char>(sizeof(Digest) * count));
  for (size_t i = 0; i < count; ++i) {
    const XXH128_hash_t digest = digest_of(keys + groups_[0].row_bytes * i, groups_[0].row_bytes, 0);
    digests[i] = {digest.low64, digest.high64};
  }
  // Copies stand one behind the other; where, is known for good only when no more are added.
  constexpr size_t kMissing = SIZE_MAX;
  record.copy_begins.assign(count, kMissing);
  record.missing.clear();
  size_t copied = 0;
  size_t missing = 0;
  for (size_t i = 0; i < count; ++i) {
    Shard& shard = shard_of(digests[i]);
    const std::lock_guard<std::mutex> lock(shard.mutex);
    const auto place = shard.places.find(digests[i]);
    if (place == shard.places.end()) {
      ++shard.misses;
      ++missing;
      const int64_t row = begin + static_cast<int64_t>(i);
      if (!record.missing.empty() && record.missing.back().begin + record.missing.back().count == row) {
        ++record.missing.back().count;
      } else {
        record.missing.push_back({row, 1});
      }
      continue;
    }
    ++shard.hits;
    Entry& entry = shard.entries[place->second];
    entry.was_used = true;
    record.copies.reserve(copied + entry.size, copied);
    std::memcpy(record.copies.as<char>() + copied, entry.record.get(), entry.size);
    record.copy_begins[i] = copied;
    copied += entry.size;
  }
  record.largest_domain = executor.largest_domain(kCandidateDomain);
  if (missing > 0) {
    executor.make_records(&candidates, record.missing, static_cast<uint32_t>(missing));
    record.largest_domain = std::max(record.largest_domain, executor.largest_domain(kCandidateDomain));
  }
  record.found.resize(count);
  size_t made = 0;
  for (size_t i = 0; i < count; ++i) {
    if (record.copy_begins[i] != kMissing) {
      record.found[i] = record.copies.as<const std::byte>() + record.copy_begins[i];
      continue;
    }
    const size_t first = maker.record.begins[made];
    const size_t size = maker.record.begins[++made] - first;
    record.found[i] = maker.record.bytes.as<const std::byte>() + first;
    keep(digests[i], maker.record.bytes.as<char>() + first, size);
  }
}

void ExtractionCache::keep(const Digest& digest, const char* record, size_t size) const {
  const auto bytes = static_cast<int64_t>(size) + kEntryBytes;
  const int64_t capacity = capacity_ / static_cast<int64_t>(kShards);
  if (size > kMaximumRecordBytes || bytes > capacity) return;
  auto copy = std::make_unique<std::byte[]>(size);
  std::memcpy(copy.get(), record, size);
  Shard& shard = shard_of(digest);
  const std::lock_guard<std::mutex> lock(shard.mutex);
  if (shard.places.contains(digest)) return;  // Another row, or another thread, had the same candidate.
  make_room(&shard, bytes, capacity);
  if (shard.free.empty()) {
    shard.free.push_back(static_cast<uint32_t>(shard.entries.size()));
    shard.entries.emplace_back();
  }
  const uint32_t place = shard.free.back();
  shard.places.emplace(digest, place);
  shard.free.pop_back();
  shard.entries[place] = {digest, std::move(copy), static_cast<uint32_t>(size), false};
  shard.bytes += bytes;
}

// The clock: an entry that was used since the hand passed is passed once more.
void ExtractionCache::make_room(Shard* shard, int64_t bytes, int64_t capacity) {
  while (shard->bytes + bytes > capacity && !shard->places.empty()) {
    if (shard->hand >= shard->entries.size()) shard->hand = 0;
    const auto place = static_cast<uint32_t>(shard->hand++);
    Entry& entry = shard->entries[place];
    if (entry.record == nullptr) continue;
    if (entry.was_used) {
      entry.was_used = false;
      continue;
    }
    shard->free.push_back(place);
    shard->places.erase(entry.digest);
    shard->bytes -= entry.size + kEntryBytes;
    ++shard->evictions;
    entry.record.reset();
  }
}

CacheCounts ExtractionCache::counts() const {
  CacheCounts sum;
  for (Shard& shard : shards_) {
    const std::lock_guard<std::mutex> lock(shard.mutex);
    sum.hits += shard.hits;
    sum.misses += shard.misses;
    sum.evictions += shard.evictions;
    sum.entries += static_cast<int64_t>(shard.places.size());
    sum.bytes += shard.bytes;
  }
  return sum;
}

StatusOr<CachingExtractor> with_cache(std::shared_ptr<Extractor> extractor, const CacheOptions& options) {
  const Plan& plan = extractor->plan();
  if (extractor->records() != nullptr) {
    return Status::error(ErrorCode::kInvalidArgument,
                         "The extractor has a catalogue or a cache already. Start from the one that was loaded.");
  }
  if (options.bytes < 1) return Status::error(ErrorCode::kInvalidArgument, "A cache needs at least one byte.");
  std::vector<bool> held(plan.inputs.size(), false);
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    held[i] = plan.inputs[i].domain == kCandidateDomain && extractor->program().used_inputs()[i];
  }
  for (const std::string& name : options.without) {
    bool is_known = false;
    for (size_t i = 0; i < plan.inputs.size(); ++i) {
      if (plan.inputs[i].domain != kCandidateDomain || plan.inputs[i].name != name) continue;
      held[i] = false;
      is_known = true;
    }
    if (!is_known) {
      return Status::error(ErrorCode::kInvalidArgument, "The program has no candidate input '" + name + "'.");
    }
  }
  // What is only handed over would make candidates differ that are the same for all that is computed.
  held = inputs_worth_holding(plan, held);
  if (std::find(held.begin(), held.end(), true) == held.end()) return CachingExtractor{std::move(extractor), nullptr};
  try {
    SplitPlan parts = split_plan(plan, held);
    // They come with each request.
    for (InputDeclaration& input : parts.live.inputs) input.is_held = false;
    auto maker = extractor->program().bind_part(std::move(parts.fixed));
    if (!maker.ok()) return maker.status();
    const std::vector<bool> read = (*maker)->used_inputs();
    auto cache = std::make_shared<const ExtractionCache>(*std::move(maker), options.bytes);
    auto live = extractor->program().bind_part(std::move(parts.live));
    if (!live.ok()) return live.status();
    (*live)->use_inputs(read);
    auto made = std::make_shared<Extractor>(*std::move(live), extractor, cache);
    return CachingExtractor{std::move(made), std::move(cache)};
  } catch (const std::bad_alloc&) {
    return Status::error(ErrorCode::kOutOfMemory, "There is not enough memory for a cache.");
  }
}

}  // namespace feature_extractor
