// How many distinct values two lists have, and how many they share: what the measures of overlap are made of.
#pragma once

#include "feature_extractor/probed_keys.h"
#include "feature_extractor/value_words.h"

namespace feature_extractor {

struct SetSizes {
  uint32_t first = 0;   // Distinct values of the first list.
  uint32_t second = 0;  // Distinct values of the second list; 0 if it was not asked for.
  uint32_t both = 0;    // Distinct values that are in both.
};

// The functions on lists of bools, ints, floats and texts are compiled once (cpp/src/sets), for all measures: compiling them into
// each measure took most of the build time of the measures.

// Long lists share one table: the values of `xs` have the numbers below `sizes.first`.
template <class T>
SetSizes count_in_table(Arena& arena, List<T> xs, List<T> ys, bool count_second);

// The table of one list, met by the other lists of many rows.
template <class T>
struct SharedSet {
  ProbedKeys<T> keys;
  uint32_t* marks;  // By number, the round in which the value was met last.
  uint32_t round;
  Arena* arena;

  void build(List<T> list, Arena& scratch);
  // How many of the distinct values of `other` are in the table.
  uint32_t count_shared(List<T> other);
  // How many distinct values any list has.
  uint32_t count_in_own_table(List<T> other);

  template <SimdLevel Level>
  uint32_t count_distinct(List<T> other) {
    if (other.size() <= kPairWords) {
      const ValueWords<T> words(other);
      const uint64_t again = words_repeated_at<Level>(words.data(), words.size());
      if (words.same_as_first(again, words)) return words.size() - static_cast<uint32_t>(__builtin_popcountll(again));
    }
    return count_in_own_table(other);
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
      sizes.first = this->keys.size();
      sizes.both = this->count_shared(ys);
      if constexpr (Measure::kSecond) sizes.second = this->template count_distinct<Level>(ys);
      return Measure::result(sizes);
    }
  };

  struct SecondIndex : SharedSet<T> {
    R probe(List<T> xs) {
      SetSizes sizes;
      sizes.second = this->keys.size();
      sizes.both = this->count_shared(xs);
      if constexpr (Measure::kFirst) sizes.first = this->template count_distinct<Level>(xs);
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
