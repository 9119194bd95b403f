#include "feature_extractor/set_sizes.h"

#include "feature_extractor/simd_words.h"

namespace feature_extractor {
namespace {

#if defined(__x86_64__)

// Values that stand in many rows' lists, and of each the row.
struct FoundValues {
  static constexpr uint32_t kMost = 1024;
  static constexpr uint32_t kLanes = 8;
  uint32_t places[kMost + kLanes];
  uint32_t rows[kMost + kLanes];
  uint32_t count = 0;
};

// A bit for each hash of the values of a set: most values that are not in the set are known by it, eight at a time. It has more
// bits than the set has values, so that few others pass.
class ValueBits {
 public:
  // Of larger sets the bits would leave the first-level cache.
  static constexpr uint32_t kMostValues = 1U << 13;

  static bool serves(List<int64_t> set) { return set.size() <= kMostValues; }

  ValueBits(List<int64_t> set, Arena& arena) {
    constexpr uint32_t kBitsPerValue = 32;
    uint32_t bits = 9;
    while (uint64_t{1} << bits < uint64_t{set.size()} * kBitsPerValue) ++bits;
    shift_ = 64 - bits;
    words_ = arena.allocate_array<uint32_t>(size_t{1} << bits >> 5);
    __builtin_memset(words_, 0, size_t{1} << bits >> 3);
    for (uint32_t i = 0; i < set.size(); ++i) {
      const uint64_t at = static_cast<uint64_t>(set.data()[i]) * kHashFirst >> shift_;
      if (!set.is_null(i)) words_[at >> 5] |= 1U << (at & 31);
    }
  }

  // Adds the values of a row's list that may be in the set, [next, end) of them, until there is no room. Returns the first that
  // was not looked at.
  FEATURE_EXTRACTOR_X86_V4 uint32_t add(const int64_t* values, const uint8_t* valid, uint32_t next, uint32_t end,
                                        uint32_t row, FoundValues& found) const {
    const __m512i factor = _mm512_set1_epi64(static_cast<int64_t>(kHashFirst));
    const __m256i ones = _mm256_set1_epi32(1);
    const __m256i numbers = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    for (; next < end && found.count <= FoundValues::kMost - FoundValues::kLanes; next += FoundValues::kLanes) {
      const auto lanes = static_cast<__mmask8>(low_bits(end - next));
      const __m512i hash = _mm512_maskz_mullo_epi64(0xFF, load_words_x86_v4(values + next, lanes), factor);
      const __m512i at = _mm512_maskz_srl_epi64(0xFF, hash, _mm_cvtsi64_si128(static_cast<int64_t>(shift_)));
      const __m256i words = _mm512_mask_i64gather_epi32(_mm256_setzero_si256(), lanes,
                                                        _mm512_maskz_srli_epi64(0xFF, at, 5), words_, sizeof(uint32_t));
      const __m256i bit =
          _mm256_sllv_epi32(ones, _mm256_and_si256(_mm512_maskz_cvtepi64_epi32(0xFF, at), _mm256_set1_epi32(31)));
      __mmask8 may = _mm256_mask_test_epi32_mask(lanes, words, bit);
      if (valid != nullptr) {
        const __m128i present = _mm_maskz_loadu_epi8(lanes, valid + next);
        may = static_cast<__mmask8>(may & _mm_test_epi8_mask(present, present));
      }
      const __m256i places = _mm256_add_epi32(numbers, _mm256_set1_epi32(static_cast<int>(next)));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(found.places + found.count),
                          _mm256_maskz_compress_epi32(may, places));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(found.rows + found.count),
                          _mm256_set1_epi32(static_cast<int>(row)));
      found.count += static_cast<uint32_t>(__builtin_popcount(may));
    }
    return next;
  }

 private:
  uint32_t* words_;
  uint32_t shift_;
};

// Counts the values that are in the set, each once per row, and forgets them.
void count_found(const SharedSet<int64_t>& set, const int64_t* values, uint32_t* shared, FoundValues& found) {
  for (uint32_t i = 0; i < found.count; ++i) {
    const uint32_t number = set.keys.find(values[found.places[i]]);
    const uint32_t now = set.round + found.rows[i] + 1;
    // The first mark, of what is not in the table, is never asked for.
    const uint32_t is_new = static_cast<uint32_t>(number != ProbedKeys<int64_t>::kNone) &
                            static_cast<uint32_t>(set.marks[number + 1] != now);
    shared[found.rows[i]] += is_new;
    set.marks[number + 1] = now;
  }
  found.count = 0;
}

#endif

}  // namespace

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
  set = list;
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
void SharedSet<T>::count_shared_rows(const Column& lists, uint32_t begin, uint32_t end, uint32_t* shared,
                                     [[maybe_unused]] SimdLevel level) {
  const auto* entries = static_cast<const ListEntry*>(lists.data);
  const Column& elements = *lists.children;
#if defined(__x86_64__)
  if constexpr (std::is_same_v<T, int64_t>) {
    if (level == SimdLevel::kX86V4 && ValueBits::serves(set)) {
      const Arena::Scope scope(*arena);
      const ValueBits bits(set, *arena);
      const auto* values = static_cast<const int64_t*>(elements.data);
      __builtin_memset(shared, 0, sizeof(uint32_t) * (end - begin));
      FoundValues found;
      for (uint32_t row = begin; row < end; ++row) {
        if (lists.is_null(row)) continue;
        const uint32_t last = entries[row].begin + entries[row].size;
        uint32_t next = entries[row].begin;
        while (true) {
          next = bits.add(values, elements.valid, next, last, row - begin, found);
          if (next >= last) break;
          count_found(*this, values, shared, found);
        }
      }
      count_found(*this, values, shared, found);
      round += end - begin;
      return;
    }
  }
#endif
  // Texts of lists that stand one behind the other are looked up as if they were one list.
  constexpr uint32_t kTile = 64;
  constexpr uint32_t kMostElements = 1U << 14;
  for (uint32_t row = begin; row < end;) {
    const uint32_t first = entries[row].begin;
    uint32_t next = first;
    uint32_t last = row;
    if constexpr (std::is_same_v<T, Text>) {
      while (last < end && last - row < kTile && entries[last].begin == next && !lists.is_null(last) &&
             entries[last].size <= kMostElements - (next - first)) {
        next += entries[last++].size;
      }
    }
    if (last == row) {
      shared[row - begin] = lists.is_null(row) ? 0 : count_shared(Storage<List<T>>::load(lists, row));
      ++row;
      continue;
    }
    if constexpr (std::is_same_v<T, Text>) {
      const Arena::Scope scope(*arena);
      auto* numbers = arena->allocate_array<uint32_t>(next - first);
      const auto* values = static_cast<const Text*>(elements.data) + first;
      constexpr uint32_t kBlock = ProbedKeys<T>::kBlock;
      for (uint32_t at = 0; at < next - first; at += kBlock) {
        keys.find_block(values + at, next - first - at < kBlock ? next - first - at : kBlock, numbers + at);
      }
      for (; row < last; ++row) {
        const uint32_t at = entries[row].begin;
        shared[row - begin] = count_met(numbers + (at - first),
                                        elements.valid == nullptr ? nullptr : elements.valid + at, entries[row].size);
      }
    }
  }
}

// How many different numbers there are, apart from those of null elements and of values that are not in the table.
template <class T>
uint32_t SharedSet<T>::count_met(const uint32_t* numbers, const uint8_t* valid, uint32_t size) {
  uint32_t* const met = marks;
  const uint32_t now = ++round;
  met[0] = now;
  uint32_t shared = 0;
  for (uint32_t i = 0; i < size; ++i) {
    const uint32_t mark = valid == nullptr || valid[i] != 0 ? numbers[i] + 1 : 0;
    shared += met[mark] != now ? 1 : 0;
    met[mark] = now;
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
