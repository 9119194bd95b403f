#include "feature_extractor/set_sizes.h"

namespace feature_extractor {

template <class T>
SetSizes count_in_table(Arena& arena, List<T> xs, List<T> ys, bool count_second) {
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

template <class T>
void SharedSet<T>::build(List<T> list, Arena& scratch) {
  arena = &scratch;
  keys.build(list, scratch);
  // By number plus one: the first is of what is not in the table, and counts as met in each round.
  marks = scratch.allocate_array<uint32_t>(size_t{keys.size()} + 1);
  __builtin_memset(marks, 0, (size_t{keys.size()} + 1) * sizeof(uint32_t));
  round = 0;
}

template <class T>
uint32_t SharedSet<T>::count_shared(List<T> other) {
  constexpr uint32_t kBlock = ProbedKeys<T>::kBlock;
  const auto* values = other.data();
  const uint8_t* valid = other.valid();
  const uint32_t size = other.size();
  uint32_t shared = 0;
  // Copies, which stay in registers: what is written below could change the members, for all that the compiler knows.
  const ProbedKeys<T> table = keys;
  uint32_t* const met = marks;
  const uint32_t now = ++round;
  met[0] = now;
  // Whether a value is in the table is as good as random, so nothing branches on it.
  const auto meet = [&](uint32_t number, uint32_t i) __attribute__((always_inline)) {
    const uint32_t mark = valid == nullptr || valid[i] != 0 ? number + 1 : 0;
    shared += met[mark] != now ? 1 : 0;
    met[mark] = now;
  };
  if constexpr (std::is_same_v<T, Text>) {
    uint32_t numbers[kBlock];
    for (uint32_t begin = 0; begin < size; begin += kBlock) {
      const uint32_t count = size - begin < kBlock ? size - begin : kBlock;
      table.find_block(values + begin, count, numbers);
      for (uint32_t i = 0; i < count; ++i) meet(numbers[i], begin + i);
    }
  } else {
    for (uint32_t i = 0; i < size; ++i) meet(table.find(static_cast<T>(values[i])), i);
  }
  return shared;
}

template <class T>
uint32_t SharedSet<T>::count_in_own_table(List<T> other) {
  Arena::Scope scope(*arena);
  HashIndex<T> table;
  table.build(other, *arena);
  return table.size();
}

template SetSizes count_in_table(Arena&, List<bool>, List<bool>, bool);
template SetSizes count_in_table(Arena&, List<int64_t>, List<int64_t>, bool);
template SetSizes count_in_table(Arena&, List<double>, List<double>, bool);
template SetSizes count_in_table(Arena&, List<Text>, List<Text>, bool);

template struct SharedSet<bool>;
template struct SharedSet<int64_t>;
template struct SharedSet<double>;
template struct SharedSet<Text>;

}  // namespace feature_extractor
