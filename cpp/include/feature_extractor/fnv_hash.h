// The hash of Fowler, Noll and Vo in its two forms: FNV-1 multiplies first, FNV-1a takes the byte first. The constants are
// those of draft-eastlake-fnv, section 5.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::fnv {

template <class Word>
struct Constants;
template <>
struct Constants<uint32_t> {
  static constexpr uint32_t kPrime = 0x01000193u;
  static constexpr uint32_t kBasis = 0x811C9DC5u;
};
template <>
struct Constants<uint64_t> {
  static constexpr uint64_t kPrime = 0x00000100000001B3u;
  static constexpr uint64_t kBasis = 0xCBF29CE484222325u;
};

template <class Word>
inline Word fnv1(Text text) {
  Word hash = Constants<Word>::kBasis;
  for (const char c : text) hash = hash * Constants<Word>::kPrime ^ static_cast<uint8_t>(c);
  return hash;
}

template <class Word>
inline Word fnv1a(Text text) {
  Word hash = Constants<Word>::kBasis;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * Constants<Word>::kPrime;
  return hash;
}

}  // namespace feature_extractor::fnv
