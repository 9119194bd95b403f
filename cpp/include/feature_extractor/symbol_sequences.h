// Sequences whose elements are numbered, for measures that compare two texts or two lists element by element.
//
// A text is the sequence of its code points, a list that of its elements that are not null. Equal elements of the two
// sequences have equal numbers, so that the algorithms index arrays by them and are compiled once for all types.
#pragma once

#include "feature_extractor/hash_index.h"
#include "feature_extractor/text.h"

namespace feature_extractor {

struct SymbolSequence {
  const uint32_t* data;
  uint32_t size;
};

// The numbers of the first sequence are below `count`; an element of the second one that is not in the first may have the
// number `count`, whatever it is.
struct SymbolPair {
  SymbolSequence first;
  SymbolSequence second;
  uint32_t count;
};

inline constexpr uint32_t kAsciiSymbols = 128;

inline uint32_t* widen_bytes(Text text, Arena& arena) {
  uint32_t* out = arena.allocate_array<uint32_t>(text.size());
  for (size_t i = 0; i < text.size(); ++i) out[i] = static_cast<uint8_t>(text[i]);
  return out;
}

// The code points of two texts; those of ASCII texts are their own numbers.
inline SymbolPair number_symbols(Text first, Text second, Arena& arena) {
  if (text::is_ascii(first) && text::is_ascii(second)) {
    return {{widen_bytes(first, arena), static_cast<uint32_t>(first.size())},
            {widen_bytes(second, arena), static_cast<uint32_t>(second.size())},
            kAsciiSymbols};
  }
  HashIndex<uint32_t> numbers;
  numbers.start(static_cast<uint32_t>(first.size()), arena);
  const auto number_all = [&](Text text, auto&& number) {
    uint32_t* out = arena.allocate_array<uint32_t>(text.size());
    const char* at = text.data();
    const char* const end = at + text.size();
    uint32_t size = 0;
    while (at < end) {
      const text::Decoded next = text::decode(at, end);
      out[size++] = number(static_cast<uint32_t>(next.code_point));
      at += next.size;
    }
    return SymbolSequence{out, size};
  };
  const SymbolSequence x = number_all(first, [&](uint32_t symbol) { return numbers.insert(symbol); });
  const uint32_t count = numbers.size();
  const SymbolSequence y = number_all(second, [&](uint32_t symbol) {
    const uint32_t number = numbers.find(symbol);
    return number < count ? number : count;
  });
  return {x, y, count};
}

// The elements of two lists that are not null.
template <class T>
inline SymbolPair number_symbols(List<T> first, List<T> second, Arena& arena) {
  HashIndex<T> numbers;
  numbers.start(first.size(), arena);
  uint32_t* x = arena.allocate_array<uint32_t>(first.size());
  uint32_t* y = arena.allocate_array<uint32_t>(second.size());
  uint32_t x_size = 0;
  uint32_t y_size = 0;
  for (uint32_t i = 0; i < first.size(); ++i) {
    if (!first.is_null(i)) x[x_size++] = numbers.insert(first[i]);
  }
  const uint32_t count = numbers.size();
  for (uint32_t i = 0; i < second.size(); ++i) {
    if (second.is_null(i)) continue;
    const uint32_t number = numbers.find(second[i]);
    y[y_size++] = number < count ? number : count;
  }
  return {{x, x_size}, {y, y_size}, count};
}

// The number of pairs of elements: the work of a measure that looks at all of them.
inline uint64_t pairs_of(const SymbolPair& pair) {
  return static_cast<uint64_t>(pair.first.size) * static_cast<uint64_t>(pair.second.size);
}

// Leaves out the beginning and the end that both sequences share, which no edit distance sees.
inline void trim_shared_ends(SymbolPair& pair) {
  SymbolSequence& x = pair.first;
  SymbolSequence& y = pair.second;
  while (x.size > 0 && y.size > 0 && x.data[x.size - 1] == y.data[y.size - 1]) {
    --x.size;
    --y.size;
  }
  while (x.size > 0 && y.size > 0 && x.data[0] == y.data[0]) {
    ++x.data;
    ++y.data;
    --x.size;
    --y.size;
  }
}

// For each symbol, one bit per position of the first sequence at which it stands, in words of 64 positions. The words of
// symbol s begin at s * words; the row `count` has no bits.
struct SymbolPositions {
  uint64_t* bits;
  uint32_t words;

  const uint64_t* of(uint32_t symbol) const { return bits + static_cast<size_t>(symbol) * words; }
};

inline SymbolPositions positions_of_symbols(SymbolSequence sequence, uint32_t count, Arena& arena) {
  const uint32_t words = (sequence.size + 63) / 64;
  const size_t size = (static_cast<size_t>(count) + 1) * words;
  uint64_t* bits = arena.allocate_array<uint64_t>(size);
  __builtin_memset(bits, 0, size * sizeof(uint64_t));
  for (uint32_t i = 0; i < sequence.size; ++i) {
    bits[static_cast<size_t>(sequence.data[i]) * words + i / 64] |= uint64_t{1} << (i % 64);
  }
  return {bits, words};
}

}  // namespace feature_extractor
