// How many distinct values two lists have, and how many they share: what the measures of overlap are made of.
#pragma once

#include "feature_extractor/hash_index.h"

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
  static R eval(Arena& arena, List<T> xs, List<T> ys) {
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
};

}  // namespace feature_extractor
