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
  List<T> set;
  ProbedKeys<T> keys;
  uint32_t* marks;  // By number, the round in which the value was met last.
  uint32_t round;
  Arena* arena;

  void build(List<T> list, Arena& scratch);
  // How many of the distinct values of `other` are in the table.
  uint32_t count_shared(List<T> other);
  // The same for the lists of rows [begin, end), to shared[0] and so on; 0 for null rows.
  void count_shared_rows(const Column& lists, uint32_t begin, uint32_t end, uint32_t* shared, SimdLevel level);
  uint32_t count_met(const uint32_t* numbers, const uint8_t* valid, uint32_t size);
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

  // Says that run_rows is the loop.
  struct Index {
    using Measured = SetMeasure;
  };

  // Rows that share one of the lists share its table.
  static void run_rows(const KernelCall& call) {
    using Value = typename adapter::Unwrapped<R>::Type;
    constexpr uint32_t kFewest = 4;  // Of fewer rows, or with fewer elements, each pair of lists is quicker compared.
    const Column* lists = call.arguments;
    auto* out = static_cast<typename Storage<Value>::Type*>(call.result->data);
    uint8_t* valid = call.result->valid;
    uint8_t all = 1;
    uint32_t ends[2] = {};
    for (uint32_t begin = 0, end = 0; begin < call.rows; begin = end) {
      int shared = -1;
      for (int side = 0; side < 2 && shared < 0; ++side) {
        if (begin >= ends[side]) ends[side] = end_of_equal_entries(lists[side], begin, call.rows);
        const ListEntry entry = static_cast<const ListEntry*>(lists[side].data)[begin];
        if (ends[side] - begin >= kFewest && entry.size >= kFewest && !lists[side].is_null(begin)) shared = side;
      }
      end = shared < 0 ? begin + 1 : ends[shared];
      Arena::Scope scope(*call.arena);
      SharedSet<T> set;
      uint32_t* both = nullptr;
      if (shared >= 0) {
        set.build(list_of(lists[shared], begin), *call.arena);
        both = call.arena->template allocate_array<uint32_t>(end - begin);
        set.count_shared_rows(lists[1 - shared], begin, end, both, Level);
      }
      for (uint32_t row = begin; row < end; ++row) {
        const bool is_null = lists[0].is_null(row) || lists[1].is_null(row);
        out[row] = {};
        valid[row] = 0;
        if (!is_null) {
          const auto evaluated = adapter::evaluation<Value>(
              shared < 0 ? eval(*call.arena, list_of(lists[0], row), list_of(lists[1], row))
                         : measured(set, shared, list_of(lists[1 - shared], row), both[row - begin]));
          if (evaluated.valid) out[row] = evaluated.value;
          valid[row] = evaluated.valid ? 1 : 0;
        }
        all &= valid[row];
      }
    }
    call.result->has_nulls = all == 0;
  }

 private:
  static List<T> list_of(const Column& lists, uint32_t row) { return Storage<List<T>>::load(lists, row); }

  // The measure of a list, of whose values `both` are in the set, which is that of the first list or of the second.
  static R measured(SharedSet<T>& set, int shared, [[maybe_unused]] List<T> other, uint32_t both) {
    SetSizes sizes;
    sizes.both = both;
    (shared == 0 ? sizes.first : sizes.second) = set.keys.size();
    if constexpr (Measure::kSecond) {
      if (shared == 0) sizes.second = set.template count_distinct<Level>(other);
    }
    if constexpr (Measure::kFirst) {
      if (shared == 1) sizes.first = set.template count_distinct<Level>(other);
    }
    return Measure::result(sizes);
  }

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

namespace adapter {

template <class Kernel>
  requires requires { typename Kernel::Index::Measured; }
struct IndexedLoop<Kernel> {
  static void run(const KernelCall& call) { Kernel::Index::Measured::run_rows(call); }
};

}  // namespace adapter
}  // namespace feature_extractor
