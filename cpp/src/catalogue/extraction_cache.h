// What was computed of candidates that came with requests, kept for the next request that brings them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/extractor.h"
#include "engine/record_source.h"
#include "status.h"

namespace feature_extractor {

struct CacheOptions {
  int64_t bytes = 0;
  // Candidate inputs that differ with each request: what depends on them is computed each time.
  std::vector<std::string> without;
};

struct CacheCounts {
  int64_t hits = 0;
  int64_t misses = 0;
  int64_t evictions = 0;
  int64_t entries = 0;
  int64_t bytes = 0;
};

class ExtractionCache : public RecordSource {
 public:
  // `maker` computes records; what it points into must outlive the cache.
  ExtractionCache(std::unique_ptr<Program> maker, int64_t bytes);

  int64_t capacity() const { return capacity_; }
  CacheCounts counts() const;

  // The records of candidates by the content of their inputs: known ones are copied, so that they may go meanwhile, and the others
  // are computed and kept.
  void find(const InputTable& candidates, RowRange rows, Workspace* work) const override;

 private:
  // 128 bits of XXH3 over the inputs of a candidate.
  struct Digest {
    uint64_t low = 0;
    uint64_t high = 0;

    bool operator==(const Digest&) const = default;
  };
  struct Entry {
    Digest digest;
    std::unique_ptr<std::byte[]> record;
    uint32_t size = 0;
    bool was_used = false;  // Since the hand of the clock passed.
  };
  // A part of the cache with a lock of its own. What is not used while the hand goes round once makes room.
  struct alignas(64) Shard {
    std::mutex mutex;
    std::vector<uint32_t>
        slots;  // Places in `entries`, plus one; a power of two, linear probing from the low half of the digest.
    size_t used = 0;
    std::vector<Entry> entries;
    std::vector<uint32_t> free;
    size_t hand = 0;
    int64_t bytes = 0;
    int64_t hits = 0;
    int64_t misses = 0;
    int64_t evictions = 0;

    // The slot of a digest, or the empty one where it would be.
    size_t slot_of(const Digest& digest) const;
    void add(const Digest& digest, uint32_t place);
    void remove(const Digest& digest);
  };
  static constexpr size_t kShards = 32;

  // Values of an input, and of a list those of its elements.
  struct KeyColumn {
    int slot = -1;
    StorageKind type = StorageKind::kNone;
    uint32_t width = 0;
    int elements = -1;  // Of a list: the group of its elements.
  };
  // The columns of one domain.
  struct KeyGroup {
    std::vector<KeyColumn> columns;
    size_t validity_bytes = 0;
    size_t row_bytes = 0;
  };

  int add_group(int domain);
  const char* write_keys(int group, const Executor& executor, int domain, Workspace* work) const;
  Shard& shard_of(const Digest& digest) const { return shards_[digest.high % kShards]; }
  size_t copy_known(Shard* shard, std::span<const uint32_t> candidates, const Digest* digests, size_t copied,
                    Workspace* work) const;
  void keep(const Digest& digest, const char* record, size_t size) const;
  static void make_room(Shard* shard, int64_t bytes, int64_t capacity);

  std::unique_ptr<Program> maker_;
  std::vector<KeyGroup> groups_;
  std::vector<int> group_domains_;
  int64_t capacity_;
  mutable std::array<Shard, kShards> shards_;
};

struct CachingExtractor {
  std::shared_ptr<Extractor> extractor;
  std::shared_ptr<const ExtractionCache> cache;  // nullptr where there is nothing to keep.
};

// The same program, with a cache. Where no value depends on candidates alone it is the extractor itself. Fails where `without` names
// something else than a candidate input.
StatusOr<CachingExtractor> with_cache(std::shared_ptr<Extractor> extractor, const CacheOptions& options);

}  // namespace feature_extractor
