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
  marks = scratch.allocate_array<uint32_t>(keys.size());
  if (keys.size() > 0) __builtin_memset(marks, 0, keys.size() * sizeof(uint32_t));
  round = 0;
}

template <class T>
uint32_t SharedSet<T>::count_shared(List<T> other) {
  constexpr uint32_t kBlock = ProbedKeys<T>::kBlock;
  const auto* values = other.data();
  const uint8_t* valid = other.valid();
  const uint32_t size = other.size();
  uint32_t shared = 0;
  ++round;
  for (uint32_t begin = 0; begin < size; begin += kBlock) {
    const uint32_t count = size - begin < kBlock ? size - begin : kBlock;
    // First the values that are in the table, without a branch on it; then those among them that were not met before.
    uint32_t numbers[kBlock];
    uint32_t met[kBlock];
    uint32_t met_size = 0;
    if constexpr (std::is_same_v<T, Text>) keys.find_block(values + begin, count, numbers);
    for (uint32_t i = 0; i < count; ++i) {
      if constexpr (std::is_same_v<T, Text>) {
        met[met_size] = numbers[i];
      } else {
        met[met_size] = keys.find(static_cast<T>(values[begin + i]));
      }
      const bool counts = valid == nullptr || valid[begin + i] != 0;
      met_size += static_cast<uint32_t>(met[met_size] != ProbedKeys<T>::kNone) & static_cast<uint32_t>(counts);
    }
    for (uint32_t i = 0; i < met_size; ++i) {
      shared += marks[met[i]] != round ? 1 : 0;
      marks[met[i]] = round;
    }
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
