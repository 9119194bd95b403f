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
  table.build(list, scratch);
}

template <class T>
void SharedSet<T>::meet(List<T> other, bool count_distinct, uint32_t& distinct, uint32_t& both) {
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

template SetSizes count_in_table(Arena&, List<bool>, List<bool>, bool);
template SetSizes count_in_table(Arena&, List<int64_t>, List<int64_t>, bool);
template SetSizes count_in_table(Arena&, List<double>, List<double>, bool);
template SetSizes count_in_table(Arena&, List<Text>, List<Text>, bool);

template struct SharedSet<bool>;
template struct SharedSet<int64_t>;
template struct SharedSet<double>;
template struct SharedSet<Text>;

}  // namespace feature_extractor
