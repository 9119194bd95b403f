#include "catalogue/extraction_cache.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "catalogue/catalogue.h"
#include "engine/split_program.h"

namespace feature_extractor {
namespace {

// What an entry takes beside its record: the entry itself, its slots, the header of the block.
constexpr int64_t kEntryBytes = 80;
constexpr size_t kMissingRecord = SIZE_MAX;

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
  // Shard by shard: each lock is taken once, and within it the cache misses of all candidates overlap.
  record.copy_begins.assign(count, kMissingRecord);
  auto* ordered = maker.arenas[kCandidateDomain].allocate_array<uint32_t>(count);
  uint32_t ends[kShards + 1] = {};
  for (size_t i = 0; i < count; ++i) ++ends[digests[i].high % kShards + 1];
  for (size_t shard = 0; shard < kShards; ++shard) ends[shard + 1] += ends[shard];
  for (size_t i = count; i-- > 0;) ordered[--ends[digests[i].high % kShards + 1]] = static_cast<uint32_t>(i);
  size_t copied = 0;
  for (size_t shard = 0; shard < kShards; ++shard) {
    const uint32_t begin_of_shard = ends[shard + 1];
    const uint32_t end_of_shard = shard + 2 <= kShards ? ends[shard + 2] : static_cast<uint32_t>(count);
    if (begin_of_shard == end_of_shard) continue;
    copied =
        copy_known(&shards_[shard], {ordered + begin_of_shard, end_of_shard - begin_of_shard}, digests, copied, work);
  }
  record.missing.clear();
  size_t missing = 0;
  for (size_t i = 0; i < count; ++i) {
    if (record.copy_begins[i] != kMissingRecord) continue;
    ++missing;
    const int64_t row = begin + static_cast<int64_t>(i);
    if (!record.missing.empty() && record.missing.back().begin + record.missing.back().count == row) {
      ++record.missing.back().count;
    } else {
      record.missing.push_back({row, 1});
    }
  }
  record.largest_domain = executor.largest_domain(kCandidateDomain);
  if (missing > 0) {
    executor.make_records(&candidates, record.missing, static_cast<uint32_t>(missing));
    record.largest_domain = std::max(record.largest_domain, executor.largest_domain(kCandidateDomain));
  }
  record.found.resize(count);
  size_t made = 0;
  for (size_t i = 0; i < count; ++i) {
    if (record.copy_begins[i] != kMissingRecord) {
      record.found[i] = record.copies.as<const std::byte>() + record.copy_begins[i];
      continue;
    }
    const size_t first = maker.record.begins[made];
    const size_t size = maker.record.begins[++made] - first;
    record.found[i] = maker.record.bytes.as<const std::byte>() + first;
    keep(digests[i], maker.record.bytes.as<char>() + first, size);
  }
}

size_t ExtractionCache::Shard::slot_of(const Digest& digest) const {
  const size_t mask = slots.size() - 1;
  size_t slot = digest.low & mask;
  while (slots[slot] != 0 && !(entries[slots[slot] - 1].digest == digest)) slot = (slot + 1) & mask;
  return slot;
}

void ExtractionCache::Shard::add(const Digest& digest, uint32_t place) {
  if (slots.size() * 3 < (used + 1) * 4) {
    std::vector<uint32_t> old(std::max<size_t>(64, slots.size() * 2));
    old.swap(slots);
    for (const uint32_t other : old) {
      if (other != 0) slots[slot_of(entries[other - 1].digest)] = other;
    }
  }
  slots[slot_of(digest)] = place + 1;
  ++used;
}

// What stands behind the slot that becomes empty moves up, as far as a search for it would pass there.
void ExtractionCache::Shard::remove(const Digest& digest) {
  const size_t mask = slots.size() - 1;
  size_t empty = slot_of(digest);
  slots[empty] = 0;
  --used;
  for (size_t slot = (empty + 1) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
    const size_t home = entries[slots[slot] - 1].digest.low & mask;
    if (((slot - home) & mask) < ((slot - empty) & mask)) continue;
    slots[empty] = slots[slot];
    slots[slot] = 0;
    empty = slot;
  }
}

// Copies the records of those candidates that are known, behind the bytes that are there, and returns how many there are then.
size_t ExtractionCache::copy_known(Shard* shard, std::span<const uint32_t> candidates, const Digest* digests,
                                   size_t copied, Workspace* work) const {
  constexpr size_t kGroup = 32;
  constexpr size_t kFetched = 1024;
  RecordWork& record = work->record;
  const std::lock_guard<std::mutex> lock(shard->mutex);
  if (shard->used == 0) {
    shard->misses += static_cast<int64_t>(candidates.size());
    return copied;
  }
  const size_t mask = shard->slots.size() - 1;
  for (size_t first = 0; first < candidates.size(); first += kGroup) {
    const auto group = candidates.subspan(first, std::min(kGroup, candidates.size() - first));
    Entry* found[kGroup];
    for (const uint32_t i : group) __builtin_prefetch(&shard->slots[digests[i].low & mask]);
    for (const uint32_t i : group) {
      const uint32_t place = shard->slots[digests[i].low & mask];
      if (place != 0) __builtin_prefetch(&shard->entries[place - 1]);
    }
    for (size_t k = 0; k < group.size(); ++k) {
      const uint32_t place = shard->slots[shard->slot_of(digests[group[k]])];
      found[k] = place == 0 ? nullptr : &shard->entries[place - 1];
      if (place == 0) continue;
      const std::byte* bytes = found[k]->record.get();
      for (size_t at = 0; at < std::min<size_t>(found[k]->size, kFetched); at += 64) __builtin_prefetch(bytes + at);
    }
    for (size_t k = 0; k < group.size(); ++k) {
      if (found[k] == nullptr) {
        ++shard->misses;
        continue;
      }
      ++shard->hits;
      Entry& entry = *found[k];
      entry.was_used = true;
      record.copies.reserve(copied + entry.size, copied);
      std::memcpy(record.copies.as<char>() + copied, entry.record.get(), entry.size);
      record.copy_begins[group[k]] = copied;
      copied += entry.size;
    }
  }
  return copied;
}

void ExtractionCache::keep(const Digest& digest, const char* record, size_t size) const {
  const auto bytes = static_cast<int64_t>(size) + kEntryBytes;
  const int64_t capacity = capacity_ / static_cast<int64_t>(kShards);
  if (size > kMaximumRecordBytes || bytes > capacity) return;
  auto copy = std::make_unique<std::byte[]>(size);
  std::memcpy(copy.get(), record, size);
  Shard& shard = shard_of(digest);
  const std::lock_guard<std::mutex> lock(shard.mutex);
  // Another row, or another thread, had the same candidate.
  if (shard.used > 0 && shard.slots[shard.slot_of(digest)] != 0) return;
  make_room(&shard, bytes, capacity);
  if (shard.free.empty()) {
    shard.free.push_back(static_cast<uint32_t>(shard.entries.size()));
    shard.entries.emplace_back();
  }
  const uint32_t place = shard.free.back();
  shard.add(digest, place);
  shard.entries[place] = {digest, std::move(copy), static_cast<uint32_t>(size), false};
  shard.free.pop_back();
  shard.bytes += bytes;
}

// The clock: an entry that was used since the hand passed is passed once more.
void ExtractionCache::make_room(Shard* shard, int64_t bytes, int64_t capacity) {
  while (shard->bytes + bytes > capacity && shard->used > 0) {
    if (shard->hand >= shard->entries.size()) shard->hand = 0;
    const auto place = static_cast<uint32_t>(shard->hand++);
    Entry& entry = shard->entries[place];
    if (entry.record == nullptr) continue;
    if (entry.was_used) {
      entry.was_used = false;
      continue;
    }
    shard->free.push_back(place);
    shard->remove(entry.digest);
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
    sum.entries += static_cast<int64_t>(shard.used);
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
    auto parts = split_program(extractor->program(), held, [](Plan* live) {
      // They come with each request.
      for (InputDeclaration& input : live->inputs) input.is_held = false;
    });
    if (!parts.ok()) return parts.status();
    parts->live->use_inputs(parts->fixed->used_inputs());
    auto cache = std::make_shared<const ExtractionCache>(std::move(parts->fixed), options.bytes);
    auto made = std::make_shared<Extractor>(std::move(parts->live), extractor, cache);
    return CachingExtractor{std::move(made), std::move(cache)};
  } catch (const std::bad_alloc&) {
    return Status::error(ErrorCode::kOutOfMemory, "There is not enough memory for a cache.");
  }
}

}  // namespace feature_extractor
