// The search in the slots of a vocabulary or table (resource_format.h).
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace feature_extractor {

inline uint64_t hash_key(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }
inline uint64_t hash_key(int64_t key) { return XXH3_64bits(&key, sizeof(key)); }

inline uint64_t make_slot(uint64_t hash, uint64_t position) { return (hash & 0xFFFFFFFF00000000u) | (position + 1); }

// The position for which `matches` says yes, or -1. `matches` is asked for positions whose hash is
// equal in the upper 32 bits; damaged slots can hold any position, so it must check the position's
// range.
template <class Matches>
inline int64_t find_in_slots(const uint64_t* slots, uint64_t slot_mask, uint32_t probe_limit, uint64_t hash,
                             Matches matches) {
  uint64_t place = hash & slot_mask;
  for (uint32_t probe = 0; probe < probe_limit; ++probe) {
    const uint64_t slot = slots[place];
    if (slot == 0) return -1;
    if (((slot ^ hash) >> 32) == 0) {
      const uint64_t position = (slot & 0xFFFFFFFFu) - 1;
      if (matches(position)) return static_cast<int64_t>(position);
    }
    place = (place + 1) & slot_mask;
  }
  return -1;
}

// How many keys are looked up side by side: enough to keep a processor's ten to sixteen outstanding
// cache misses busy.
inline constexpr uint32_t kLookupGroup = 32;
// With fewer slots (half a megabyte) nearly everything is in the cache, and the rounds cost more
// than they save.
inline constexpr uint64_t kCachedSlots = 65536;

// Looks up many keys in rounds, so that each round's cache misses overlap: `find(index, hash)`
// gives the result for one key, and `prefetch_key(position, round)` fetches what it will compare
// with, in dependent rounds.
template <class Key, class PrefetchKey, class Find>
inline void find_group(const uint64_t* slots, uint64_t slot_mask, uint64_t position_count, const Key* keys,
                       uint32_t count, int rounds, PrefetchKey prefetch_key, Find find) {
  // The first slots of a search share a cache line; a longer search is left to `find`.
  constexpr uint32_t kNearProbes = 8;
  if (slot_mask < kCachedSlots) {
    for (uint32_t i = 0; i < count; ++i) find(i, hash_key(keys[i]));
    return;
  }
  uint64_t hashes[kLookupGroup];
  uint64_t positions[kLookupGroup];
  for (uint32_t begin = 0; begin < count; begin += kLookupGroup) {
    const uint32_t size = count - begin < kLookupGroup ? count - begin : kLookupGroup;
    for (uint32_t i = 0; i < size; ++i) {
      hashes[i] = hash_key(keys[begin + i]);
      __builtin_prefetch(slots + (hashes[i] & slot_mask));
    }
    uint32_t candidates = 0;
    for (uint32_t i = 0; i < size; ++i) {
      const int64_t position =
          find_in_slots(slots, slot_mask, kNearProbes, hashes[i], [&](uint64_t p) { return p < position_count; });
      if (position >= 0) positions[candidates++] = static_cast<uint64_t>(position);
    }
    for (int round = 0; round < rounds; ++round) {
      for (uint32_t i = 0; i < candidates; ++i) prefetch_key(positions[i], round);
    }
    for (uint32_t i = 0; i < size; ++i) find(begin + i, hashes[i]);
  }
}

// Prefetches the offset of a text in the first round and the text in the second.
inline void prefetch_text(const uint64_t* offsets, const char* text, uint64_t text_size, uint64_t position, int round) {
  if (round == 0) {
    __builtin_prefetch(offsets + position);
  } else if (offsets[position] < text_size) {
    __builtin_prefetch(text + offsets[position]);
  }
}

}  // namespace feature_extractor
