// A table of the keys of a list that many rows are looked up in: one list of the request, a value per candidate.
//
// Whether a candidate's value is among the keys is as good as random, and a branch on it costs more than the look-up. So a
// block of values is looked up at a time: first every value's slot is compared without a branch, and then only those are
// looked at again that met another key there, or whose text is yet to be compared. The table is sparse, so that they are few.
#pragma once

#include "feature_extractor/hash_index.h"
#include "feature_extractor/row_loops.h"

namespace feature_extractor {

// How far the rows from `begin` on, up to `end`, have the same entry in a list column, or all of them null. In blocks without a
// branch: mostly all rows are candidates of one request.
[[gnu::always_inline]] inline uint32_t end_of_equal_entries(const Column& list, uint32_t begin, uint32_t end) {
  constexpr uint32_t kBlock = 16;
  const auto* entries = static_cast<const ListEntry*>(list.data);
  const ListEntry first = entries[begin];
  // The lists of candidates mostly differ from row to row.
  if (begin + 1 < end && !(entries[begin + 1] == first)) return begin + 1;
  uint32_t at = begin;
  for (; at + kBlock <= end; at += kBlock) {
    uint32_t differs = 0;
    for (uint32_t i = 0; i < kBlock; ++i) {
      differs |= (entries[at + i].begin ^ first.begin) | (entries[at + i].size ^ first.size);
    }
    if (differs != 0) break;
  }
  while (at < end && entries[at] == first) ++at;
  if (list.valid == nullptr) return at;
  uint32_t same = begin;
  while (same < at && list.valid[same] == list.valid[begin]) ++same;
  return same;
}

template <class T>
class ProbedKeys {
 public:
  using Key = decltype(table_key(T{}));
  using Stored = typename Storage<T>::Type;
  static constexpr uint32_t kNone = 0xFFFFFFFF;
  static constexpr uint32_t kBlock = 64;

  // Empties the table and makes room for `capacity` distinct keys.
  void start(uint32_t capacity, Arena& arena) {
    size_ = 0;
    // A large table is at most half full, as its cache misses are what counts there.
    const uint64_t slots = uint64_t{capacity} * (capacity <= kFew ? 12 : capacity <= kSmall ? 6 : 2);
    uint32_t bits = 4;
    while (bits < 34 && (uint64_t{1} << bits) < slots) ++bits;
    shift_ = 64 - bits;
    mask_ = (uint64_t{1} << bits) - 1;
    slots_ = arena.allocate_array<Slot>(mask_ + 1);
    __builtin_memset(slots_, 0, (mask_ + 1) * sizeof(Slot));
    if constexpr (kIsText) keys_ = arena.allocate_array<Key>(capacity);
  }

  // The number of this key; size() grows if it is new.
  uint32_t insert(T value) {
    const Key key = table_key(value);
    const uint64_t hash = table_hash(key);
    uint64_t at = hash >> shift_;
    for (; slots_[at].number != 0; at = (at + 1) & mask_) {
      if (holds(slots_[at], hash, key)) return slots_[at].number - 1;
    }
    if constexpr (kIsText) {
      keys_[size_] = key;
      slots_[at].tag = static_cast<uint32_t>(hash);
    } else {
      slots_[at].key = key;
    }
    slots_[at].number = ++size_;
    return size_ - 1;
  }

  // Starts with the elements of a list that are not null.
  void build(List<T> xs, Arena& arena) {
    start(xs.size(), arena);
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (!xs.is_null(i)) insert(xs[i]);
    }
  }

  // The number of this value, or kNone; not for texts, which are better looked up in blocks.
  [[gnu::always_inline]] uint32_t find(T value) const
    requires(!std::is_same_v<T, Text>)
  {
    const Key key = table_key(value);
    uint64_t at = table_hash(key) >> shift_;
    while (__builtin_expect(holds_another(slots_[at], key), 0)) at = (at + 1) & mask_;
    return slots_[at].number - 1;
  }

  // The numbers of `count` values, at most kBlock of them, or kNone.
  void find_block(const Stored* values, uint32_t count, uint32_t* numbers) const {
    uint32_t open[kBlock];
    uint64_t hashes[kBlock];
    uint32_t opened = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const Key key = table_key(static_cast<T>(values[i]));
      const uint64_t hash = table_hash(key);
      const Slot slot = slots_[hash >> shift_];
      hashes[i] = hash;
      open[opened] = i;
      if constexpr (kIsText) {
        numbers[i] = kNone;
        opened += slot.number != 0 ? 1 : 0;
      } else {
        const bool found = (slot.key == key) & (slot.number != 0);
        numbers[i] = found ? slot.number - 1 : kNone;
        opened += (slot.number != 0) & !found ? 1 : 0;
      }
    }
    for (uint32_t o = 0; o < opened; ++o) {
      const uint32_t i = open[o];
      const Key key = table_key(static_cast<T>(values[i]));
      uint64_t at = hashes[i] >> shift_;
      while (slots_[at].number != 0 && !holds(slots_[at], hashes[i], key)) at = (at + 1) & mask_;
      numbers[i] = slots_[at].number - 1;  // kNone for an empty slot.
    }
  }

  // The number of distinct keys.
  uint32_t size() const { return size_; }

 private:
  static constexpr bool kIsText = std::is_same_v<T, Text>;
  static constexpr uint32_t kFew = 64;
  static constexpr uint32_t kSmall = 2048;
  struct TextSlot {
    uint32_t tag;  // The low half of the hash: nearly always tells other texts apart without a look at them.
    uint32_t number;
  };
  struct WordSlot {
    uint64_t key;
    uint32_t number;  // The key's number plus one; 0 if the slot is empty.
  };
  using Slot = std::conditional_t<kIsText, TextSlot, WordSlot>;

  [[gnu::always_inline]] bool holds(const Slot& slot, uint64_t hash, Key key) const {
    if constexpr (kIsText) {
      return slot.tag == static_cast<uint32_t>(hash) && equal_values(keys_[slot.number - 1], key);
    } else {
      return slot.key == key;
    }
  }

  // Rare in a sparse table. The two conditions must stay one: whether the keys are equal is what no branch should ask.
  [[gnu::always_inline]] static bool holds_another(const Slot& slot, Key key) {
    uint32_t another = static_cast<uint32_t>(slot.number != 0) & static_cast<uint32_t>(slot.key != key);
    __asm__("" : "+r"(another));
    return another != 0;
  }

  Slot* slots_;
  Key* keys_;
  uint64_t mask_;
  uint32_t shift_;
  uint32_t size_;
};

namespace adapter {

// The same for a kernel whose index has `ProbedKeys` named `keys`, and whose only other argument is the value: instead of
// `probe` it has `answer(number)` (or with the builder behind), where the number of a null value or of no key is kNone.
template <class Kernel>
  requires requires { &Kernel::Index::answer; }
struct IndexedLoop<Kernel> {
  using Function = Traits<decltype(&Kernel::eval)>;
  using Signature = typename Evaluated<Kernel, typename Function::Arguments>::Type;
  using Returned = typename Function::Result;
  using Lists = SharedLists<typename Kernel::Index, 0>;
  using Keys = decltype(Kernel::Index::keys);

  static void run(const KernelCall& call) {
    Lists lists;
    // The most frequent case: all rows look into one list.
    if (call.rows >= 4 && is_one_list(call)) {
      build(call, Signature{}, lists);
      if (run_blocks(call, lists.index)) return;
    }
    uint32_t numbers[Keys::kBlock];
    uint32_t begin = 0;
    uint32_t end = 0;
    const Column& column = call.arguments[Lists::kLists];
    const auto* values = static_cast<const typename Keys::Stored*>(column.data);
    RowLoop<Kernel>::run_with(call, [&](uint32_t row, auto&& out) -> Returned {
      if (!lists.serves(call, row, Signature{})) return RowLoop<Kernel>::invoke(call, row, Signature{}, out);
      if (row >= end) {
        begin = row;
        end = lists.end - row < Keys::kBlock ? lists.end : row + Keys::kBlock;
        lists.index.keys.find_block(values + row, end - row, numbers);
        for (uint32_t i = row; column.valid != nullptr && i < end; ++i) {
          if (column.valid[i] == 0) numbers[i - row] = Keys::kNone;
        }
      }
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(out)>, std::nullptr_t>) {
        return Returned(lists.index.answer(numbers[row - begin]));
      } else {
        return lists.index.answer(numbers[row - begin], out);
      }
    });
  }

 private:
  // Whether all rows have one list, which is not null and long enough for a table.
  static bool is_one_list(const KernelCall& call) {
    if (Lists::entries(call, 0)[0].size < 4) return false;
    for (size_t list = 0; list < Lists::kLists; ++list) {
      const Column& column = call.arguments[list];
      if (column.is_null(0) || end_of_equal_entries(column, 0, call.rows) != call.rows) return false;
    }
    return true;
  }

  template <class... A>
  static void build(const KernelCall& call, Types<A...>, Lists& lists) {
    [&]<size_t... I>(std::index_sequence<I...>) {
      lists.index.build(load<typename At<I, A...>::Type, I>(call, 0)..., *call.arena);
    }(std::make_index_sequence<Lists::kLists>{});
    lists.end = call.rows;
    lists.indexed = true;
  }

  // All rows at once, where their results are plain numbers or positions: a block has one answer after the other, without
  // anything in between. An index of positions has `append(numbers, count, positions, entries)` for that.
  static bool run_blocks([[maybe_unused]] const KernelCall& call,
                         [[maybe_unused]] const typename Kernel::Index& index) {
    constexpr bool kAppends = requires { &Kernel::Index::append; };
    constexpr bool kIsSpan = std::is_same_v<Returned, Nullable<Span>>;
    if constexpr (!kAppends && !kIsSpan && !std::is_arithmetic_v<Returned>) {
      return false;
    } else {
      // Where a null value makes a null result, row after row says so.
      constexpr bool kStrict = (RowLoop<Kernel>::strict_mask(Signature{}) >> Lists::kLists & 1) != 0;
      if (kStrict && call.arguments[Lists::kLists].valid != nullptr) return false;
      Result& result = *call.result;
      const Column& column = call.arguments[Lists::kLists];
      const auto* values = static_cast<const typename Keys::Stored*>(column.data);
      if constexpr (requires { &Keys::is_smaller_than; } && !kAppends && !kIsSpan) {
        if (column.valid == nullptr && index.keys.is_smaller_than(call.rows)) {
          using Stored = typename Storage<Returned>::Type;
          const Arena::Scope scope(*call.arena);
          const auto* answers = index.keys.template answers<Stored>(
              *call.arena, [&](uint32_t number) { return static_cast<Stored>(index.answer(number)); });
          index.keys.look_up(values, call.rows, answers, static_cast<Stored*>(result.data));
          __builtin_memset(result.valid, 1, call.rows);
          result.has_nulls = false;
          return true;
        }
      }
      uint32_t numbers[Keys::kBlock];
      uint8_t all = 1;
      for (uint32_t begin = 0; begin < call.rows; begin += Keys::kBlock) {
        const uint32_t count = call.rows - begin < Keys::kBlock ? call.rows - begin : Keys::kBlock;
        index.keys.find_block(values + begin, count, numbers);
        for (uint32_t i = 0; column.valid != nullptr && i < count; ++i) {
          numbers[i] = column.valid[begin + i] == 0 ? Keys::kNone : numbers[i];
        }
        if constexpr (kAppends) {
          index.append(numbers, count, result.children, static_cast<ListEntry*>(result.data) + begin);
        } else if constexpr (kIsSpan) {
          // The spans are relative to the row's entry; the engine adds its begin.
          auto* out = static_cast<ListEntry*>(result.data) + begin;
          for (uint32_t i = 0; i < count; ++i) {
            const Nullable<Span> span = index.answer(numbers[i]);
            const uint32_t there = span.has_value() ? 1 : 0;
            out[i] = {(*span).begin * there, (*span).size * there};
            result.valid[begin + i] = static_cast<uint8_t>(there);
            all &= static_cast<uint8_t>(there);
          }
        } else {
          auto* out = static_cast<typename Storage<Returned>::Type*>(result.data) + begin;
          for (uint32_t i = 0; i < count; ++i) out[i] = index.answer(numbers[i]);
        }
      }
      if constexpr (!kIsSpan) __builtin_memset(result.valid, 1, call.rows);
      result.has_nulls = all == 0;
      return true;
    }
  }
};

}  // namespace adapter
}  // namespace feature_extractor
