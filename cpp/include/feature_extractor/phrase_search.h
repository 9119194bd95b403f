// Where a run of elements first stands in a list, in linear time.
#pragma once

#include "feature_extractor/hash_index.h"

namespace feature_extractor {

inline constexpr uint32_t kNoPhrase = 0xFFFFFFFF;

// The position of the first occurrence of `phrase` in `tokens`, or kNoPhrase (Knuth, Morris and Pratt 1977). An empty phrase
// stands at 0. A null is equal to nothing, not even to another null.
template <class T>
inline uint32_t find_phrase(List<T> tokens, List<T> phrase, Arena& arena) {
  const uint32_t size = phrase.size();
  if (size == 0) return 0;
  if (size > tokens.size()) return kNoPhrase;
  for (uint32_t i = 0; i < size; ++i) {
    if (phrase.is_null(i)) return kNoPhrase;
  }
  Arena::Scope scope(arena);
  // How much of the phrase's beginning is also the end of its first i + 1 elements.
  uint32_t* shared = arena.allocate_array<uint32_t>(size);
  shared[0] = 0;
  for (uint32_t i = 1, length = 0; i < size; ++i) {
    while (length > 0 && !same_value<T>(phrase[i], phrase[length])) length = shared[length - 1];
    length += same_value<T>(phrase[i], phrase[length]) ? 1 : 0;
    shared[i] = length;
  }
  for (uint32_t i = 0, length = 0; i < tokens.size(); ++i) {
    if (tokens.is_null(i)) {
      length = 0;
      continue;
    }
    while (length > 0 && !same_value<T>(tokens[i], phrase[length])) length = shared[length - 1];
    length += same_value<T>(tokens[i], phrase[length]) ? 1 : 0;
    if (length == size) return i + 1 - size;
  }
  return kNoPhrase;
}

}  // namespace feature_extractor
