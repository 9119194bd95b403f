// The polynomial s[0] * 31^(n-1) + ... + s[n-1] in 32 bits, as String.hashCode of Java and the hash of Hive take it.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::polynomial {

// Takes the bytes from `at` to `end`, each with its sign, on top of what came before. Four at once: the multiplications
// of one step do not wait for each other.
[[gnu::always_inline]] inline uint32_t extend(uint32_t hash, const char* at, const char* end) {
  const auto value = [&](int i) { return static_cast<uint32_t>(static_cast<int8_t>(at[i])); };
  for (; end - at >= 4; at += 4) {
    hash = hash * (31 * 31 * 31 * 31) + (value(0) * (31 * 31 * 31) + value(1) * (31 * 31) + value(2) * 31 + value(3));
  }
  for (; at < end; ++at) hash = hash * 31 + value(0);
  return hash;
}

}  // namespace feature_extractor::polynomial
