// A table of the distinct values of a list, for set operators and for indexes over shared lists.
//
// Open addressing with linear probing over 32-bit slots, at most half full; small tables live inside the object, larger
// ones in the arena. The order of results never depends on the hash: distinct values are numbered in the order in which
// they were first inserted.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor {

[[gnu::always_inline]] inline uint64_t word_from(const char* at) {
  uint64_t word;
  __builtin_memcpy(&word, at, sizeof(word));
  return word;
}
[[gnu::always_inline]] inline uint32_t load_half_word(const char* at) {
  uint32_t word;
  __builtin_memcpy(&word, at, sizeof(word));
  return word;
}

// Multiplies to 128 bits and folds the halves: one multiplication spreads every bit over the result.
[[gnu::always_inline]] inline uint64_t multiply_fold(uint64_t x, uint64_t y) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(x) * y;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// Odd constants with about as many ones as zeros: the fractional parts of the golden ratio and of the square root of 2.
inline constexpr uint64_t kHashFirst = 0x9E3779B97F4A7C15u;
inline constexpr uint64_t kHashSecond = 0x6A09E667F3BCC909u;

// Not part of any result, so it may change between versions.
[[gnu::always_inline]] inline uint64_t table_hash(uint64_t key) { return multiply_fold(key ^ kHashSecond, kHashFirst); }

[[gnu::always_inline]] inline uint64_t table_hash(Text key) {
  const char* at = key.data();
  size_t size = key.size();
  uint64_t state = size ^ kHashFirst;
  while (size > 16) {
    state = multiply_fold(word_from(at) ^ kHashSecond, word_from(at + 8) ^ state);
    at += 16;
    size -= 16;
  }
  uint64_t low = 0;
  uint64_t high = 0;
  if (size >= 8) {
    low = word_from(at);
    high = word_from(at + size - 8);
  } else if (size >= 4) {
    low = load_half_word(at);
    high = load_half_word(at + size - 4);
  } else if (size > 0) {
    low = static_cast<uint64_t>(static_cast<uint8_t>(at[0])) << 16 |
          static_cast<uint64_t>(static_cast<uint8_t>(at[size / 2])) << 8 | static_cast<uint8_t>(at[size - 1]);
  }
  return multiply_fold(low ^ kHashSecond, high ^ state);
}

// Equality of texts without a call for the short ones.
[[gnu::always_inline]] inline bool equal_values(Text x, Text y) {
  const size_t size = x.size();
  if (size != y.size()) return false;
  const char* a = x.data();
  const char* b = y.data();
  if (size >= 8) {
    if (size > 16) return __builtin_memcmp(a, b, size) == 0;
    return ((word_from(a) ^ word_from(b)) | (word_from(a + size - 8) ^ word_from(b + size - 8))) == 0;
  }
  if (size >= 4) {
    return ((load_half_word(a) ^ load_half_word(b)) | (load_half_word(a + size - 4) ^ load_half_word(b + size - 4))) ==
           0;
  }
  for (size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}
[[gnu::always_inline]] inline bool equal_values(uint64_t x, uint64_t y) { return x == y; }

// What the language calls equal: -0.0 equals 0.0.
template <class T>
[[gnu::always_inline]] inline auto table_key(T value) {
  if constexpr (std::is_same_v<T, Text>) {
    return value;
  } else if constexpr (std::is_same_v<T, double>) {
    return __builtin_bit_cast(uint64_t, value + 0.0);
  } else {
    return static_cast<uint64_t>(value);
  }
}

template <class T>
[[gnu::always_inline]] inline bool same_value(T x, T y) {
  return equal_values(table_key(x), table_key(y));
}

template <class T>
class HashIndex {
 public:
  using Key = decltype(table_key(T{}));
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  HashIndex() = default;
  HashIndex(const HashIndex&) = delete;
  HashIndex& operator=(const HashIndex&) = delete;

  // Empties the table and makes room for `capacity` distinct values.
  void start(uint32_t capacity, Arena& arena) {
    size_ = 0;
    uint32_t bits = 4;
    while (bits < 33 && (uint64_t{1} << bits) < 2 * static_cast<uint64_t>(capacity)) ++bits;
    shift_ = 64 - bits;
    mask_ = (uint64_t{1} << bits) - 1;
    if (capacity <= kInline) {
      slots_ = inline_slots_;
      keys_ = inline_keys_;
    } else {
      slots_ = arena.allocate_array<Slot>(mask_ + 1);
      keys_ = arena.allocate_array<Key>(capacity);
    }
    __builtin_memset(slots_, 0, (mask_ + 1) * sizeof(Slot));
  }

  // The number of this value; size() grows if it is new.
  [[gnu::always_inline]] uint32_t insert(T value) {
    const Key key = table_key(value);
    const uint64_t hash = table_hash(key);
    for (uint64_t slot = hash >> shift_;; slot = (slot + 1) & mask_) {
      const Slot found = slots_[slot];
      if (found == 0) {
        keys_[size_] = key;
        slots_[slot] = tagged(hash, ++size_);
        return size_ - 1;
      }
      if (matches(found, hash, key)) return number(found);
    }
  }

  // The number of this value, or kNone.
  [[gnu::always_inline]] uint32_t find(T value) const {
    const Key key = table_key(value);
    const uint64_t hash = table_hash(key);
    for (uint64_t slot = hash >> shift_;; slot = (slot + 1) & mask_) {
      const Slot found = slots_[slot];
      if (found == 0) return kNone;
      if (matches(found, hash, key)) return number(found);
    }
  }
  bool contains(T value) const { return find(value) != kNone; }

  // Starts with the elements of a list that are not null.
  void build(List<T> xs, Arena& arena) {
    start(xs.size(), arena);
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (!xs.is_null(i)) insert(xs[i]);
    }
  }

  // The number of distinct values.
  uint32_t size() const { return size_; }

 private:
  static constexpr uint32_t kInline = 64;
  // The number of the value plus one, 0 if empty; for texts the low half of the hash stands above it, so that most
  // collisions are seen without a look at the text.
  using Slot = std::conditional_t<std::is_same_v<T, Text>, uint64_t, uint32_t>;

  static Slot tagged(uint64_t hash, uint32_t number) {
    if constexpr (sizeof(Slot) == 8) {
      return hash << 32 | number;
    } else {
      return number;
    }
  }
  static uint32_t number(Slot slot) { return static_cast<uint32_t>(slot) - 1; }
  [[gnu::always_inline]] bool matches(Slot slot, uint64_t hash, Key key) const {
    if constexpr (sizeof(Slot) == 8) {
      if (slot >> 32 != (hash & 0xFFFFFFFF)) return false;
    }
    return equal_values(keys_[number(slot)], key);
  }

  Slot* slots_;
  Key* keys_;
  uint64_t mask_;
  uint32_t shift_;
  uint32_t size_;
  Slot inline_slots_[2 * kInline];
  Key inline_keys_[kInline];
};

// The distinct values of a list, in the order in which they first come: where each first stands, and how often it comes.
template <class T>
struct ValueCounts {
  uint32_t size;
  uint32_t* firsts;
  uint32_t* counts;

  ValueCounts(List<T> xs, Arena& arena)
      : firsts(arena.allocate_array<uint32_t>(xs.size())), counts(arena.allocate_array<uint32_t>(xs.size())) {
    HashIndex<T> table;
    table.start(xs.size(), arena);
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      const uint32_t known = table.size();
      const uint32_t id = table.insert(xs[i]);
      if (id == known) {
        firsts[id] = i;
        counts[id] = 0;
      }
      ++counts[id];
    }
    size = table.size();
  }

  // Of several values that come as often as any, the first.
  uint32_t most_frequent() const {
    uint32_t best = 0;
    for (uint32_t id = 1; id < size; ++id) {
      if (counts[id] > counts[best]) best = id;
    }
    return best;
  }
};

// The distinct values of a list with where each first stands, and a mark per value that is cleared in no time: what an
// index needs to answer many rows with a set of values each.
template <class T>
class MarkedIndex {
 public:
  void build(List<T> xs, Arena& arena) {
    table_.start(xs.size(), arena);
    firsts_ = arena.allocate_array<uint32_t>(xs.size());
    marks_ = arena.allocate_array<uint32_t>(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      const uint32_t size = table_.size();
      const uint32_t id = table_.insert(xs[i]);
      if (id == size) {
        firsts_[id] = i;
        marks_[id] = 0;
      }
    }
    round_ = 0;
  }

  uint32_t size() const { return table_.size(); }
  uint32_t find(T value) const { return table_.find(value); }
  bool contains(T value) const { return table_.contains(value); }
  // The position of a value's first occurrence.
  uint32_t first(uint32_t id) const { return firsts_[id]; }

  // Marks the values of a list and no others. True if it has some.
  bool mark_only(List<T> values) {
    clear_marks();
    bool found = false;
    for (uint32_t i = 0; i < values.size(); ++i) {
      if (values.is_null(i)) continue;
      const uint32_t id = find(values[i]);
      if (id != HashIndex<T>::kNone) found |= mark(id);
    }
    return found;
  }
  // Forgets all marks.
  void clear_marks() { ++round_; }
  // True if the value was not marked yet.
  bool mark(uint32_t id) {
    const bool is_new = marks_[id] != round_;
    marks_[id] = round_;
    return is_new;
  }
  bool is_marked(uint32_t id) const { return marks_[id] == round_; }

 private:
  HashIndex<T> table_;
  uint32_t* firsts_;
  uint32_t* marks_;
  uint32_t round_;
};

}  // namespace feature_extractor
