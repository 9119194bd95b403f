// Where a key stands in a short list, without a branch per element: the length of a text, and where the search ends, are hard
// to predict.
#pragma once

#include "feature_extractor/hash_index.h"

namespace feature_extractor {

inline constexpr uint32_t kKeyNotFound = 0xFFFFFFFF;

// The last position in a list without nulls whose text is `key`. `Same` compares the bytes of two texts of the key's length.
template <class Same>
[[gnu::always_inline]] inline uint32_t last_text(const Text* texts, uint32_t count, Text key, Same&& same) {
  uint32_t found = kKeyNotFound;
  for (uint32_t i = 0; i < count; ++i) {
    const bool same_size = texts[i].size() == key.size();
    // A text of another length is not read, but the key itself.
    const char* at = same_size ? texts[i].data() : key.data();
    found = same_size & same(at) ? i : found;
  }
  return found;
}

template <class K>
[[gnu::always_inline]] inline uint32_t last_position(List<K> keys, K key) {
  const uint32_t count = keys.size();
  if constexpr (std::is_same_v<K, Text>) {
    if (!keys.has_nulls() && key.size() <= 16) {
      const Text* texts = keys.data();
      const char* own = key.data();
      const size_t size = key.size();
      if (size >= 8) {
        const uint64_t head = word_from(own);
        const uint64_t tail = word_from(own + size - 8);
        return last_text(texts, count, key, [&](const char* at) __attribute__((always_inline)) {
          return ((word_from(at) ^ head) | (word_from(at + size - 8) ^ tail)) == 0;
        });
      }
      if (size >= 4) {
        const uint32_t head = load_half_word(own);
        const uint32_t tail = load_half_word(own + size - 4);
        return last_text(texts, count, key, [&](const char* at) __attribute__((always_inline)) {
          return ((load_half_word(at) ^ head) | (load_half_word(at + size - 4) ^ tail)) == 0;
        });
      }
      if (size > 0) {
        return last_text(texts, count, key, [&](const char* at) __attribute__((always_inline)) {
          return ((at[0] ^ own[0]) | (at[size / 2] ^ own[size / 2]) | (at[size - 1] ^ own[size - 1])) == 0;
        });
      }
    }
  }
  for (uint32_t i = count; i > 0; --i) {
    if (same_value<K>(keys[i - 1], key) && !keys.is_null(i - 1)) return i - 1;
  }
  return kKeyNotFound;
}

}  // namespace feature_extractor
