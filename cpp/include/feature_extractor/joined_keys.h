// The table of keys of a join: small numbers, such as the places that the planner puts instead of keys, are looked up
// directly.
#pragma once

#include "feature_extractor/probed_keys.h"

namespace feature_extractor {

// ProbedKeys that know their keys before the first is inserted.
template <class T>
class JoinedKeys : public ProbedKeys<T> {
 public:
  void start(List<T> xs, Arena& arena) { ProbedKeys<T>::start(xs.size(), arena); }
};

template <>
class JoinedKeys<int64_t> {
 public:
  using Stored = int64_t;
  static constexpr uint32_t kNone = ProbedKeys<int64_t>::kNone;
  static constexpr uint32_t kBlock = ProbedKeys<int64_t>::kBlock;

  // Empties the table and makes room for the keys of this list.
  void start(List<int64_t> xs, Arena& arena) {
    const uint32_t size = xs.size();
    uint64_t largest = 0;
    for (uint32_t i = 0; i < size; ++i) {
      const uint64_t value = xs.is_null(i) ? 0 : static_cast<uint64_t>(xs[i]);
      largest = value > largest ? value : largest;
    }
    // A table of four bytes for each number up to the largest is smaller than one of hashes.
    is_direct_ = largest < uint64_t{size} * kSparse + kFew;
    if (!is_direct_) {
      probed_.start(size, arena);
      return;
    }
    limit_ = largest + 1;
    size_ = 0;
    numbers_ = arena.allocate_array<uint32_t>(limit_ + 1);
    __builtin_memset(numbers_, 0xFF, (limit_ + 1) * sizeof(uint32_t));  // kNone; the last one is of all that is larger.
  }

  // The number of this key, which is one of those that the table was started for; size() grows if it is new.
  uint32_t insert(int64_t value) {
    if (!is_direct_) return probed_.insert(value);
    uint32_t& number = numbers_[static_cast<uint64_t>(value)];
    if (number == kNone) number = size_++;
    return number;
  }

  // The numbers of `count` values, at most kBlock of them, or kNone.
  void find_block(const int64_t* values, uint32_t count, uint32_t* numbers) const {
    if (!is_direct_) {
      probed_.find_block(values, count, numbers);
      return;
    }
    for (uint32_t i = 0; i < count; ++i) {
      const auto value = static_cast<uint64_t>(values[i]);
      numbers[i] = numbers_[value < limit_ ? value : limit_];
    }
  }

  uint32_t size() const { return is_direct_ ? size_ : probed_.size(); }

  // Whether it takes less to put the answers of all keys into one table than to find the number of each of so many values first.
  bool is_smaller_than(uint32_t rows) const { return is_direct_ && limit_ < rows; }

  // The table of answers by key, of a table that is_smaller_than says that of; behind them stands that of all other keys.
  template <class T, class Answer>
  T* answers(Arena& arena, Answer&& answer) const {
    T* table = arena.allocate_array<T>(limit_ + 1);
    for (uint64_t key = 0; key <= limit_; ++key) table[key] = answer(numbers_[key]);
    return table;
  }
  template <class T>
  [[gnu::always_inline]] void look_up(const int64_t* keys, uint32_t count, const T* table, T* __restrict out) const {
    const uint64_t limit = limit_;
    for (uint32_t i = 0; i < count; ++i) {
      const auto key = static_cast<uint64_t>(keys[i]);
      out[i] = table[key < limit ? key : limit];
    }
  }

 private:
  static constexpr uint64_t kSparse = 16;
  static constexpr uint64_t kFew = 64;

  ProbedKeys<int64_t> probed_;
  uint32_t* numbers_;
  uint64_t limit_;
  uint32_t size_;
  bool is_direct_;
};

}  // namespace feature_extractor
