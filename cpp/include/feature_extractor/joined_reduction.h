// Reductions of those elements of a list whose key equals a value: what a filter by equality and the reduction behind it are
// together. Where many rows share the lists, each key's elements are reduced once, and what is left for a row is to look it up.
#pragma once

#include "feature_extractor/joined_keys.h"

namespace feature_extractor {

// `Reduction::eval(List<V>)`, for ints and for floats, is what the operator on a list alone does. The lists are the keys of all
// elements and the values of all elements; the key of the row is the one whose elements are reduced, in their order.
template <class Reduction, class V>
struct JoinedReduction {
  using Returned = decltype(Reduction::eval(List<V>()));
  using Value = typename adapter::Unwrapped<Returned>::Type;

  // The planner gives lists of the same elements; of any others the longer one's rest is left out.
  static uint32_t aligned_size(List<int64_t> keys, List<V> values) {
    return keys.size() < values.size() ? keys.size() : values.size();
  }

  // Elements that stand one behind the other.
  struct Elements {
    V* values;
    uint8_t* valid;  // nullptr if none is null.

    Elements(List<V> all, Arena& arena)
        : values(arena.allocate_array<V>(all.size())),
          valid(all.valid() == nullptr ? nullptr : arena.allocate_array<uint8_t>(all.size())) {}
    void set(uint32_t at, List<V> all, uint32_t from) {
      values[at] = all.data()[from];
      if (valid != nullptr) valid[at] = all.valid()[from];
    }
    Returned reduced(ListEntry entry) const {
      const Column column{values, valid, nullptr, 0};
      return Reduction::eval(List<V>(&column, entry));
    }
  };

  static Returned eval(Arena& arena, List<int64_t> keys, List<V> values, int64_t key) {
    Arena::Scope scope(arena);
    Elements chosen(values, arena);
    uint32_t count = 0;
    for (uint32_t i = 0; i < aligned_size(keys, values); ++i) {
      if (keys[i] == key && !keys.is_null(i)) chosen.set(count++, values, i);
    }
    return chosen.reduced({0, count});
  }

  struct Index {
    JoinedKeys<int64_t> keys;
    // By number plus one; the first is of a key that no element has.
    Value* results;
    uint8_t* exist;

    void build(List<int64_t> key_of, List<V> values, Arena& arena) {
      const uint32_t size = aligned_size(key_of, values);
      keys.start(key_of, arena);
      results = arena.allocate_array<Value>(size + 1);
      exist = arena.allocate_array<uint8_t>(size + 1);
      Arena::Scope scope(arena);
      auto* numbers = arena.allocate_array<uint32_t>(size);
      auto* ends = arena.allocate_array<uint32_t>(size + 1);
      __builtin_memset(ends, 0, (size + 1) * sizeof(uint32_t));
      for (uint32_t i = 0; i < size; ++i) {
        numbers[i] = key_of.is_null(i) ? JoinedKeys<int64_t>::kNone : keys.insert(key_of[i]);
        // Counted one place further, so that a group begins where the counts before it end.
        if (numbers[i] != JoinedKeys<int64_t>::kNone) ++ends[numbers[i] + 1];
      }
      const uint32_t groups = keys.size();
      for (uint32_t group = 0; group < groups; ++group) ends[group + 1] += ends[group];
      Elements sorted(values, arena);
      // Each group's begin moves to its end.
      for (uint32_t i = 0; i < size; ++i) {
        if (numbers[i] != JoinedKeys<int64_t>::kNone) sorted.set(ends[numbers[i]]++, values, i);
      }
      set(0, sorted.reduced({0, 0}));
      uint32_t begin = 0;
      for (uint32_t group = 0; group < groups; ++group) {
        set(group + 1, sorted.reduced({begin, ends[group] - begin}));
        begin = ends[group];
      }
    }

   private:
    void set(uint32_t at, Returned reduced) {
      const auto evaluated = adapter::evaluation<Value>(reduced);
      results[at] = evaluated.valid ? evaluated.value : Value{};
      exist[at] = evaluated.valid ? 1 : 0;
    }
  };

  static void run_rows(const KernelCall& call) {
    const Column& keys = call.arguments[0];
    const Column& values = call.arguments[1];
    const Column& key = call.arguments[2];
    auto* out = static_cast<Value*>(call.result->data);
    uint8_t* valid = call.result->valid;
    uint8_t all = 1;
    for (uint32_t begin = 0, end = 0; begin < call.rows; begin = end) {
      end = end_of_equal_entries(values, begin, end_of_equal_entries(keys, begin, call.rows));
      const auto key_of = Storage<List<int64_t>>::load(keys, begin);
      const auto value_of = Storage<List<V>>::load(values, begin);
      const bool is_null = keys.is_null(begin) || values.is_null(begin);
      // Few rows, or few elements, are gone through quicker than a table is made.
      if (!is_null && end - begin >= 4 && key_of.size() >= 4) {
        Arena::Scope scope(*call.arena);
        Index index{};
        index.build(key_of, value_of, *call.arena);
        all &= look_up(index, key, begin, end, out, valid, *call.arena);
        continue;
      }
      for (uint32_t row = begin; row < end; ++row) {
        out[row] = {};
        valid[row] = 0;
        if (!is_null && !key.is_null(row)) {
          const auto evaluated = adapter::evaluation<Value>(
              eval(*call.arena, key_of, value_of, static_cast<const int64_t*>(key.data)[row]));
          if (evaluated.valid) out[row] = evaluated.value;
          valid[row] = evaluated.valid ? 1 : 0;
        }
        all &= valid[row];
      }
    }
    call.result->has_nulls = all == 0;
  }

 private:
  // Returns 1 if all rows have a result.
  static uint8_t look_up(const Index& index, const Column& key, uint32_t begin, uint32_t end, Value* __restrict out,
                         uint8_t* __restrict valid, Arena& arena) {
    uint8_t all = 1;
    const auto* sought = static_cast<const int64_t*>(key.data);
    if (key.valid == nullptr && index.keys.is_smaller_than(end - begin)) {
      const auto* results =
          index.keys.template answers<Value>(arena, [&](uint32_t number) { return index.results[number + 1]; });
      const auto* exist = index.keys.template answers<uint8_t>(arena, [&](uint32_t number) {
        all &= index.exist[number + 1];
        return index.exist[number + 1];
      });
      index.keys.look_up(sought + begin, end - begin, results, out + begin);
      if (all != 0) {
        __builtin_memset(valid + begin, 1, end - begin);
        return 1;
      }
      index.keys.look_up(sought + begin, end - begin, exist, valid + begin);
      all = 1;
      for (uint32_t row = begin; row < end; ++row) all &= valid[row];
      return all;
    }
    constexpr uint32_t kBlock = JoinedKeys<int64_t>::kBlock;
    uint32_t numbers[kBlock];
    for (; begin < end; begin += kBlock) {
      const uint32_t count = end - begin < kBlock ? end - begin : kBlock;
      index.keys.find_block(sought + begin, count, numbers);
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t at = numbers[i] + 1;  // 0 for none.
        out[begin + i] = index.results[at];
        valid[begin + i] = index.exist[at];
        all &= index.exist[at];
      }
      for (uint32_t i = 0; key.valid != nullptr && i < count; ++i) {
        if (key.valid[begin + i] != 0) continue;
        out[begin + i] = {};
        valid[begin + i] = 0;
        all = 0;
      }
    }
    return all;
  }
};

// A kernel over values of any type that is stored as an int or a float: times are reduced as ints, by the same code.
template <template <class> class Reduction, class V>
struct JoinedReductionOf {
  using StoredValue = typename Storage<V>::Type;
  using Stored = JoinedReduction<Reduction<StoredValue>, StoredValue>;
  using Returned =
      std::conditional_t<std::is_same_v<typename Stored::Value, double>, typename Stored::Returned, Nullable<V>>;

  static Returned eval(Arena& arena, List<int64_t> keys, List<V> values, int64_t key) {
    const Column column{values.data(), values.valid(), nullptr, 0};
    const auto reduced = Stored::eval(arena, keys, List<StoredValue>(&column, {0, values.size()}), key);
    if constexpr (std::is_same_v<decltype(reduced), const Returned>) {
      return reduced;
    } else {
      return Returned::where(reduced.has_value(), V{*reduced});
    }
  }

  struct Index {
    using Reducing = Stored;
  };
};

namespace adapter {

template <class Kernel>
  requires requires { typename Kernel::Index::Reducing; }
struct IndexedLoop<Kernel> {
  static void run(const KernelCall& call) { Kernel::Index::Reducing::run_rows(call); }
};

}  // namespace adapter
}  // namespace feature_extractor
