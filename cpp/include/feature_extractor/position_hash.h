// An order of the positions of a list that looks random and is the same everywhere: by the hash of each position.
#pragma once

#include "feature_extractor/ordering.h"
#include "feature_extractor/value_hash.h"

namespace feature_extractor {

struct PositionOrder {
  bool operator()(Ranked x, Ranked y) const { return x.key != y.key ? x.key < y.key : x.position < y.position; }
};

// The positions 0 to size - 1 with their hashes, as unsigned numbers, in the order of the positions.
inline Ranked* hashed_positions(uint32_t size, int64_t seed, Arena& arena) {
  auto* items = arena.allocate_array<Ranked>(size);
  for (uint32_t i = 0; i < size; ++i) {
    items[i] = {value_hash(static_cast<int64_t>(i), static_cast<uint64_t>(seed)), i};
  }
  return items;
}

}  // namespace feature_extractor
