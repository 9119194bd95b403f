// The similarity of Jaro, for the operators that are built on it.
#pragma once

#include "feature_extractor/symbol_sequences.h"

namespace feature_extractor {

// Two equal elements match if they stand less than half of the longer length apart, and no element matches twice. With m
// matches, and t of them at places where the matches of both sequences, each in order, differ, the similarity is the mean
// of m / |x|, m / |y| and (m - t / 2) / m.
//
// Each element takes the first free place of its equals that is near enough. Both ends of the range in which it may look
// only grow, so that the places of each symbol are passed once: the work is linear.
inline double jaro_similarity(const SymbolPair& pair, Arena& arena) {
  const SymbolSequence x = pair.first;
  const SymbolSequence y = pair.second;
  if (x.size == 0 && y.size == 0) return 1.0;
  if (x.size == 0 || y.size == 0) return 0.0;
  const uint32_t longer = x.size > y.size ? x.size : y.size;
  const int64_t range = longer < 4 ? 0 : static_cast<int64_t>(longer / 2) - 1;
  constexpr uint32_t kNone = 0xFFFFFFFF;

  // The places of each symbol in the second sequence, as linked lists from the first place on.
  uint32_t* heads = arena.allocate_array<uint32_t>(pair.count + size_t{1});
  uint32_t* next = arena.allocate_array<uint32_t>(y.size);
  uint8_t* taken = arena.allocate_array<uint8_t>(y.size);
  for (uint32_t symbol = 0; symbol <= pair.count; ++symbol) heads[symbol] = kNone;
  for (uint32_t j = y.size; j-- > 0;) {
    next[j] = heads[y.data[j]];
    heads[y.data[j]] = j;
    taken[j] = 0;
  }
  uint32_t* matched = arena.allocate_array<uint32_t>(x.size);
  uint32_t matches = 0;
  for (uint32_t i = 0; i < x.size; ++i) {
    uint32_t& head = heads[x.data[i]];
    const auto place = static_cast<int64_t>(i);
    while (head != kNone && static_cast<int64_t>(head) < place - range) head = next[head];
    if (head == kNone || static_cast<int64_t>(head) > place + range) continue;
    taken[head] = 1;
    head = next[head];
    matched[matches++] = x.data[i];
  }
  if (matches == 0) return 0.0;
  uint32_t moved = 0;
  uint32_t at = 0;
  for (uint32_t j = 0; j < y.size; ++j) {
    if (taken[j] != 0) moved += matched[at++] != y.data[j] ? 1 : 0;
  }
  const double m = matches;
  const double swaps = moved / 2;  // Half of them, rounded down, as the field does.
  return (m / static_cast<double>(x.size) + m / static_cast<double>(y.size) + (m - swaps) / m) / 3.0;
}

}  // namespace feature_extractor
