// How many distinct values two lists have, and how many they share: what the measures of overlap are made of.
#pragma once

#include "feature_extractor/value_words.h"

namespace feature_extractor {

struct SetSizes {
  uint32_t first = 0;   // Distinct values of the first list.
  uint32_t second = 0;  // Distinct values of the second list; 0 if it was not asked for.
  uint32_t both = 0;    // Distinct values that are in both.
};

// Long lists share one table: the values of `xs` have the numbers below `sizes.first`. A function of its own, whatever the
// measure and the SIMD level, because compiling it into each of them took most of the build time of the measures.
template <class T>
[[gnu::noinline]] SetSizes count_in_table(Arena& arena, List<T> xs, List<T> ys, bool count_second) {
  constexpr uint32_t kInlineSeen = 256;
  Arena::Scope scope(arena);
  HashIndex<T> table;
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
    const uint32_t id = count_second ? table.insert(ys[i]) : table.find(ys[i]);
    if (id < sizes.first && seen[id] == 0) {
      seen[id] = 1;
      ++sizes.both;
    }
  }
  if (count_second) sizes.second = table.size() - sizes.first + sizes.both;
  return sizes;
}

// The table of one list, met by the other lists of many rows.
template <class T>
struct SharedSet {
  MarkedIndex<T> table;
  Arena* arena;

  [[gnu::noinline]] void build(List<T> list, Arena& scratch) {
    arena = &scratch;
    table.build(list, scratch);
  }

  // The distinct values of `other`, if they are to be counted, and those that are in the table.
  [[gnu::noinline]] void meet(List<T> other, bool count_distinct, uint32_t& distinct, uint32_t& both) {
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

// Measure::kFirst and kSecond say whether the number of distinct values of that list is needed, Measure::result(SetSizes) gives
// the measure. Null elements are in no set.
template <class Measure, class T, class R, SimdLevel Level>
struct SetMeasure {
  static R eval(Arena& arena, List<T> xs, List<T> ys) {
    if (xs.size() <= kPairWords && ys.size() <= kPairWords) {
      SetSizes sizes;
      if (compare_pairs(xs, ys, sizes)) return Measure::result(sizes);
    }
    return Measure::result(count_in_table(arena, xs, ys, Measure::kSecond));
  }

  struct Index : SharedSet<T> {
    R probe(List<T> ys) {
      SetSizes sizes;
      sizes.first = this->table.size();
      this->meet(ys, Measure::kSecond, sizes.second, sizes.both);
      return Measure::result(sizes);
    }
  };

  struct SecondIndex : SharedSet<T> {
    R probe(List<T> xs) {
      SetSizes sizes;
      sizes.second = this->table.size();
      this->meet(xs, Measure::kFirst, sizes.first, sizes.both);
      return Measure::result(sizes);
    }
  };

 private:
  // False if the words do not tell the values apart.
  [[gnu::always_inline]] static bool compare_pairs(List<T> xs, List<T> ys, SetSizes& sizes) {
    const ValueWords<T> first(xs);
    const ValueWords<T> second(ys);
    const uint64_t again = words_repeated_at<Level>(first.data(), first.size());
    const uint64_t shared = words_found_at<Level>(first.data(), first.size(), second.data(), second.size());
    const uint64_t other_again = Measure::kSecond ? words_repeated_at<Level>(second.data(), second.size()) : 0;
    if (!first.same_as_first(again, first) || !first.same_as_first(shared, second) ||
        !second.same_as_first(other_again, second)) {
      return false;
    }
    sizes.first = first.size() - static_cast<uint32_t>(__builtin_popcountll(again));
    sizes.both = static_cast<uint32_t>(__builtin_popcountll(shared & ~again));
    sizes.second = second.size() - static_cast<uint32_t>(__builtin_popcountll(other_again));
    return true;
  }
};

}  // namespace feature_extractor
