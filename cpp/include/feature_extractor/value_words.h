// The values of a short list as 64-bit words that are equal where the values are: what comparisons in registers work on.
#pragma once

#include "feature_extractor/hash_index.h"
#include "feature_extractor/word_pairs.h"

namespace feature_extractor {

// The elements of a list that are not null, at most kPairWords of them. The words of texts are hashes: different words are
// different texts, but equal words ask for a look at the texts.
template <class T>
class ValueWords {
 public:
  [[gnu::always_inline]] explicit ValueWords(List<T> xs) {
    const uint8_t* valid = xs.valid();
    if (valid == nullptr) {
      size_ = xs.size();
      if constexpr (std::is_same_v<T, int64_t>) {
        data_ = reinterpret_cast<const uint64_t*>(xs.data());
        return;
      }
      for (uint32_t i = 0; i < size_; ++i) words_[i] = word(xs[i]);
      if constexpr (kIsText) texts_ = xs.data();
    } else {
      size_ = 0;
      for (uint32_t i = 0; i < xs.size(); ++i) {
        words_[size_] = word(xs[i]);
        if constexpr (kIsText) kept_[size_] = xs[i];
        size_ += valid[i];
      }
      if constexpr (kIsText) texts_ = kept_;
    }
    data_ = words_;
  }
  ValueWords(const ValueWords&) = delete;
  ValueWords& operator=(const ValueWords&) = delete;

  const uint64_t* data() const { return data_; }
  uint32_t size() const { return size_; }

  // True if each value whose bit is set in `mask` is equal to the first value of `others` that has its word. There is one.
  bool same_as_first(uint64_t mask, const ValueWords& others) const {
    if constexpr (kIsText) {
      for (; mask != 0; mask &= mask - 1) {
        const auto i = static_cast<uint32_t>(__builtin_ctzll(mask));
        uint32_t j = 0;
        while (others.data_[j] != data_[i]) ++j;
        if (!equal_values(texts_[i], others.texts_[j])) return false;
      }
    }
    return true;
  }

 private:
  static constexpr bool kIsText = std::is_same_v<T, Text>;
  struct Nothing {};

  static uint64_t word(T value) {
    if constexpr (kIsText) {
      return table_hash(value);
    } else {
      return table_key(value);
    }
  }

  const uint64_t* data_;
  uint32_t size_;
  uint64_t words_[kPairWords];
  [[no_unique_address]] std::conditional_t<kIsText, const Text*, Nothing> texts_;
  [[no_unique_address]] std::conditional_t<kIsText, Text[kPairWords], Nothing> kept_;
};

}  // namespace feature_extractor
