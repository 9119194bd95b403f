// The search in the slots of a vocabulary or table (resource_format.h).
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace feature_extractor {

inline uint64_t hash_key(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }
inline uint64_t hash_key(int64_t key) { return XXH3_64bits(&key, sizeof(key)); }

inline uint64_t make_slot(uint64_t hash, uint64_t position) {
  return (hash & 0xFFFFFFFF00000000u) | (position + 1);
}

// The position for which `matches` says yes, or -1. `matches` is asked for positions whose hash is
// equal in the upper 32 bits; damaged slots can hold any position, so it must check the position's
// range.
template <class Matches>
inline int64_t find_in_slots(const uint64_t* slots, uint64_t slot_mask, uint32_t probe_limit,
                             uint64_t hash, Matches matches) {
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

}  // namespace feature_extractor
