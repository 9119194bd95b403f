// How many distinct values two lists have, and how many they share: what the measures of overlap are made of.
#pragma once

#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {

struct SetSizes {
  uint32_t first = 0;   // Distinct values of the first list.
  uint32_t second = 0;  // Distinct values of the second list; 0 if it was not asked for.
  uint32_t both = 0;    // Distinct values that are in both.
};

// Kernel::kSecond says whether the number of distinct values of the second list is needed, Kernel::result(SetSizes) gives the
// measure. Null elements are in no set.
template <class Kernel, class T, class R>
struct SetMeasure {
  static constexpr bool kSimd = true;

  static R eval(Arena& arena, List<T> xs, List<T> ys) {
    if constexpr (std::is_same_v<T, int64_t>) {
      if (xs.size() <= kPairs && ys.size() <= kPairs && xs.valid() == nullptr && ys.valid() == nullptr) {
        return Kernel::result(compare_pairs(xs.data(), xs.size(), ys.data(), ys.size()));
      }
    }
    Arena::Scope scope(arena);
    HashIndex<T> table;
    // Both lists share one table: the values of `xs` have the numbers below `first`.
    table.start(static_cast<uint32_t>(uint64_t{xs.size()} + ys.size()), arena);
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (!xs.is_null(i)) table.insert(xs[i]);
    }
    SetSizes sizes;
    sizes.first = table.size();
    uint8_t inline_seen[kInlineSeen];
    uint8_t* seen = sizes.first <= kInlineSeen ? inline_seen : arena.allocate_array<uint8_t>(sizes.first);
    if (sizes.first > 0) __builtin_memset(seen, 0, sizes.first);
    for (uint32_t i = 0; i < ys.size(); ++i) {
      if (ys.is_null(i)) continue;
      const uint32_t id = Kernel::kSecond ? table.insert(ys[i]) : table.find(ys[i]);
      if (id < sizes.first && seen[id] == 0) {
        seen[id] = 1;
        ++sizes.both;
      }
    }
    if (Kernel::kSecond) sizes.second = table.size() - sizes.first + sizes.both;
    return Kernel::result(sizes);
  }

  // The table of one list, met by the other lists of many rows.
  struct Shared {
    MarkedIndex<T> table;
    Arena* arena;

    void build(List<T> list, Arena& scratch) {
      arena = &scratch;
      table.build(list, scratch);
    }

    // The distinct values of `other`, if they are to be counted, and those that are in the table.
    void meet(List<T> other, bool count_distinct, uint32_t& distinct, uint32_t& both) {
      table.clear_marks();
      both = 0;
      if (!count_distinct) {
        for (uint32_t i = 0; i < other.size(); ++i) {
          if (other.is_null(i)) continue;
          const uint32_t id = table.find(other[i]);
          if (id != HashIndex<T>::kNone && table.mark(id)) ++both;
        }
        return;
      }
      Arena::Scope scope(*arena);
      HashIndex<T> rest;
      rest.start(other.size(), *arena);
      for (uint32_t i = 0; i < other.size(); ++i) {
        if (other.is_null(i)) continue;
        const uint32_t id = table.find(other[i]);
        if (id == HashIndex<T>::kNone) {
          rest.insert(other[i]);
        } else if (table.mark(id)) {
          ++both;
        }
      }
      distinct = rest.size() + both;
    }
  };

  struct Index : Shared {
    R probe(List<T> ys) {
      SetSizes sizes;
      sizes.first = this->table.size();
      this->meet(ys, Kernel::kSecond, sizes.second, sizes.both);
      return Kernel::result(sizes);
    }
  };

  struct SecondIndex : Shared {
    R probe(List<T> xs) {
      SetSizes sizes;
      sizes.second = this->table.size();
      this->meet(xs, Kernel::kFirst, sizes.first, sizes.both);
      return Kernel::result(sizes);
    }
  };

 private:
  static constexpr uint32_t kInlineSeen = 256;
  static constexpr uint32_t kPairs = 64;

  // All pairs of two short lists, in loops without branches: faster than any table while the lists fit few registers.
  [[gnu::always_inline]] static SetSizes compare_pairs(const int64_t* xs, uint32_t first, const int64_t* ys,
                                                       uint32_t second) {
    uint64_t shared[kPairs];
    uint64_t again[kPairs];  // All ones where the value has come before.
    SetSizes sizes;
    for (uint32_t i = 0; i < first; ++i) shared[i] = again[i] = 0;
    for (uint32_t j = 0; j < second; ++j) {
      const int64_t value = ys[j];
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (uint32_t i = 0; i < first; ++i) shared[i] |= xs[i] == value ? ~uint64_t{0} : 0;
    }
    sizes.first = first - repeats(xs, first, again);
    uint64_t both = 0;
    for (uint32_t i = 0; i < first; ++i) both += shared[i] & ~again[i] & 1;
    sizes.both = static_cast<uint32_t>(both);
    if (Kernel::kSecond) {
      for (uint32_t i = 0; i < second; ++i) again[i] = 0;
      sizes.second = second - repeats(ys, second, again);
    }
    return sizes;
  }

  [[gnu::always_inline]] static uint32_t repeats(const int64_t* values, uint32_t count, uint64_t* again) {
    for (uint32_t j = 0; j < count; ++j) {
      const int64_t value = values[j];
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (uint32_t i = j + 1; i < count; ++i) again[i] |= values[i] == value ? ~uint64_t{0} : 0;
    }
    uint64_t repeated = 0;
    for (uint32_t i = 0; i < count; ++i) repeated += again[i] & 1;
    return static_cast<uint32_t>(repeated);
  }
};

}  // namespace feature_extractor
