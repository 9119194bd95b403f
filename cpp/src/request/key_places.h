// Finds the keys of a map that come twice: the later value counts, at the place of the first.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

#include "engine/memory.h"

namespace feature_extractor {

// Numbers keys in the order in which they first come. The texts must stay where they are until the next begin().
class KeyPlaces {
 public:
  // Room for so many keys; more may come.
  void begin(size_t count) {
    keys_.clear();
    slots_.assign(std::bit_ceil(std::max<size_t>(8, count * 2)), 0);
  }
  // The number of a key; a new one is that of the keys before.
  uint32_t place_of(std::string_view key) {
    if (keys_.size() * 2 >= slots_.size()) grow();
    const size_t mask = slots_.size() - 1;
    for (size_t at = XXH3_64bits(key.data(), key.size()) & mask;; at = (at + 1) & mask) {
      if (slots_[at] == 0) {
        keys_.push_back(key);
        slots_[at] = static_cast<uint32_t>(keys_.size());
        return slots_[at] - 1;
      }
      if (keys_[slots_[at] - 1] == key) return slots_[at] - 1;
    }
  }

 private:
  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    const size_t mask = slots_.size() - 1;
    for (uint32_t i = 0; i < keys_.size(); ++i) {
      size_t at = XXH3_64bits(keys_[i].data(), keys_[i].size()) & mask;
      while (slots_[at] != 0) at = (at + 1) & mask;
      slots_[at] = i + 1;
    }
  }

  AccountedVector<std::string_view> keys_;
  AccountedVector<uint32_t> slots_;
};

}  // namespace feature_extractor
