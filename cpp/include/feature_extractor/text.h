// Kernels over UTF-8 text that several operators share: search, counting and slicing by code points, decoding, and case.
//
// A Text is valid UTF-8. Every function here stays within the text's bytes for invalid bytes too, so that a mistake at
// the boundary can give a wrong result but never a read out of bounds. Results are views of the argument or
// live in the arena. Blocks of 16 bytes are GNU vectors, which every compiler that builds the core turns into SIMD
// instructions; no function reads past the end of its text.
#pragma once

#include "feature_extractor/column.h"

#include <utf8proc.h>

namespace feature_extractor::text {

inline constexpr size_t kNotFound = ~static_cast<size_t>(0);

using Block = uint8_t __attribute__((vector_size(16)));
inline constexpr size_t kBlock = sizeof(Block);

template <class T>
[[gnu::always_inline]] inline T load(const char* at) {
  T value;
  __builtin_memcpy(&value, at, sizeof(T));
  return value;
}

// The first `size` <= 16 bytes at `at`, zero behind them.
[[gnu::always_inline]] inline Block load_partial(const char* at, size_t size) {
  if (size >= kBlock) return load<Block>(at);
  uint64_t half[2] = {0, 0};
  if (size >= 8) {
    half[0] = load<uint64_t>(at);
    if (size > 8) half[1] = load<uint64_t>(at + size - 8) >> (8 * (kBlock - size));
  } else if (size >= 4) {
    half[0] = load<uint32_t>(at) | static_cast<uint64_t>(load<uint32_t>(at + size - 4)) << (8 * (size - 4));
  } else if (size > 0) {
    const auto byte = [&](size_t i) { return static_cast<uint64_t>(static_cast<uint8_t>(at[i])) << (8 * i); };
    half[0] = byte(0) | byte(size / 2) | byte(size - 1);
  }
  return load<Block>(reinterpret_cast<const char*>(half));
}

// Copies the bytes of a text, short ones without a call: in two blocks that may overlap.
[[gnu::always_inline]] inline void copy(Text text, char* out) {
  const char* in = text.data();
  const size_t size = text.size();
  const auto both_ends = [&]<class Word>(Word) __attribute__((always_inline)) {
    const Word begin = load<Word>(in);
    const Word end = load<Word>(in + size - sizeof(Word));
    __builtin_memcpy(out, &begin, sizeof(Word));
    __builtin_memcpy(out + size - sizeof(Word), &end, sizeof(Word));
  };
  if (size > 32) {
    __builtin_memcpy(out, in, size);
  } else if (size >= kBlock) {
    both_ends(Block{});
  } else if (size >= 8) {
    both_ends(uint64_t{});
  } else if (size >= 4) {
    both_ends(uint32_t{});
  } else if (size > 0) {
    const char middle = in[size / 2];
    const char last = in[size - 1];
    out[0] = in[0];
    out[size / 2] = middle;
    out[size - 1] = last;
  }
}

// One bit per byte of a comparison's result (all ones or zero per byte).
template <class Comparison>
[[gnu::always_inline]] inline uint32_t bits(Comparison comparison) {
  static_assert(sizeof(Comparison) == kBlock);
#if defined(__SSE2__)
  return static_cast<uint32_t>(
      __builtin_ia32_pmovmskb128(__builtin_bit_cast(char __attribute__((vector_size(16))), comparison)));
#else
  uint64_t half[2];
  __builtin_memcpy(half, &comparison, sizeof(half));
  const auto byte_bits = [](uint64_t word) {
    return static_cast<uint32_t>(((word & 0x8040201008040201ULL) * 0x0101010101010101ULL) >> 56);
  };
  return byte_bits(half[0]) | byte_bits(half[1]) << 8;
#endif
}

[[gnu::always_inline]] inline Block every(char byte) { return Block{} + static_cast<uint8_t>(byte); }

// One bit per byte that is not ASCII.
[[gnu::always_inline]] inline uint32_t non_ascii_bits(Block block) { return bits(block >= 0x80); }

// One bit per byte that starts a code point: every byte but 10xxxxxx.
[[gnu::always_inline]] inline uint32_t start_bits(Block block) { return bits((block & 0xC0) != 0x80); }

[[gnu::always_inline]] inline bool is_continuation(char byte) { return (byte & 0xC0) == 0x80; }

inline bool is_ascii(Text text) {
  const char* at = text.data();
  size_t left = text.size();
  for (; left >= kBlock; at += kBlock, left -= kBlock) {
    if (non_ascii_bits(load<Block>(at)) != 0) return false;
  }
  return non_ascii_bits(load_partial(at, left)) == 0;
}

// The number of code points.
inline size_t count_code_points(Text text) {
  const char* at = text.data();
  size_t left = text.size();
  size_t count = 0;
  for (; left >= kBlock; at += kBlock, left -= kBlock) {
    count += static_cast<size_t>(__builtin_popcount(start_bits(load<Block>(at))));
  }
  const uint32_t last = start_bits(load_partial(at, left)) & ((1u << left) - 1);
  return count + static_cast<size_t>(__builtin_popcount(last));
}

// Where code point number `index` (from 0) starts, in bytes; the size of the text if it has no more than `index`.
inline size_t code_point_offset(Text text, uint64_t index) {
  size_t offset = 0;
  while (offset < text.size()) {
    const size_t left = text.size() - offset < kBlock ? text.size() - offset : kBlock;
    uint32_t starts = start_bits(load_partial(text.data() + offset, left)) & ((1u << left) - 1);
    const auto here = static_cast<uint64_t>(__builtin_popcount(starts));
    if (index < here) {
      for (; index > 0; --index) starts &= starts - 1;
      return offset + static_cast<size_t>(__builtin_ctz(starts));
    }
    index -= here;
    offset += left;
  }
  return text.size();
}

// Where the last `count` code points start, in bytes; 0 if the text has no more than that.
inline size_t last_code_points_offset(Text text, uint64_t count) {
  size_t end = text.size();
  if (count == 0) return end;
  while (end > 0) {
    const size_t size = end < kBlock ? end : kBlock;
    uint32_t starts = start_bits(load_partial(text.data() + end - size, size)) & ((1u << size) - 1);
    const auto here = static_cast<uint64_t>(__builtin_popcount(starts));
    if (count <= here) {
      for (uint64_t skip = here - count; skip > 0; --skip) starts &= starts - 1;
      return end - size + static_cast<size_t>(__builtin_ctz(starts));
    }
    count -= here;
    end -= size;
  }
  return 0;
}

// The code points from number `start` on, at most `count` of them. A negative start counts from the end (-1 is the
// last code point); what lies outside the text is empty.
inline Text slice(Text text, int64_t start, int64_t count) {
  if (count <= 0) return {};
  if (start >= 0) {
    text.remove_prefix(code_point_offset(text, static_cast<uint64_t>(start)));
  } else {
    const uint64_t from_end = 0 - static_cast<uint64_t>(start);
    const size_t size = text.size();
    if (from_end > size) {
      // More code points than bytes: the slice may start before the text, and then it loses what lies there.
      const uint64_t before = from_end - count_code_points(text);
      if (static_cast<uint64_t>(count) <= before) return {};
      count -= static_cast<int64_t>(before);
    } else {
      const size_t offset = last_code_points_offset(text, from_end);
      if (offset == 0) {
        const uint64_t before = from_end - count_code_points(text);
        if (static_cast<uint64_t>(count) <= before) return {};
        count -= static_cast<int64_t>(before);
      }
      text.remove_prefix(offset);
    }
  }
  return text.substr(0, code_point_offset(text, static_cast<uint64_t>(count)));
}

// Where `part` first occurs at or after byte `from`, in bytes, or kNotFound. An empty part is found at `from`. Compares
// the first and the last byte of the part at 16 positions at once, and the rest where both agree (the generic SIMD
// algorithm of Muła, http://0x80.pl/articles/simd-strfind.html).
inline size_t find(Text text, Text part, size_t from = 0) {
  if (from > text.size() || part.size() > text.size() - from) return kNotFound;
  const char* begin = text.data() + from;
  const size_t size = text.size() - from;
  if (part.empty()) return from;
  if (part.size() == 1) {
    const void* found = __builtin_memchr(begin, part[0], size);
    return found == nullptr ? kNotFound : static_cast<size_t>(static_cast<const char*>(found) - text.data());
  }
  const size_t positions = size - part.size() + 1;
  const Block first = every(part.front());
  const Block last = every(part.back());
  const size_t middle = part.size() - 2;
  // The first candidate of `mask`, whose bit 0 is position `base`, that is a match.
  const auto check = [&](uint32_t mask, size_t base) {
    for (; mask != 0; mask &= mask - 1) {
      const size_t position = base + static_cast<size_t>(__builtin_ctz(mask));
      if (middle == 0 || __builtin_memcmp(begin + position + 1, part.data() + 1, middle) == 0) return from + position;
    }
    return kNotFound;
  };
  if (size <= kBlock) {
    const Block all = load_partial(begin, size);
    return check(bits(all == first) & bits(all == last) >> (part.size() - 1) & ((1u << positions) - 1), 0);
  }
  size_t position = 0;
  for (; position + kBlock <= positions; position += kBlock) {
    const uint32_t mask =
        bits(load<Block>(begin + position) == first) & bits(load<Block>(begin + position + part.size() - 1) == last);
    if (mask != 0) {
      const size_t found = check(mask, position);
      if (found != kNotFound) return found;
    }
  }
  const size_t left = positions - position;  // Fewer than 16: blocks that start in front or end at the end.
  if (left == 0) return kNotFound;
  const Block ends = load<Block>(begin + size - kBlock);
  const uint32_t last_mask = bits(ends == last) >> (kBlock - left);
  const Block starts = load_partial(begin + position, size - position < kBlock ? size - position : kBlock);
  return check(bits(starts == first) & last_mask & ((1u << left) - 1), position);
}

inline bool contains(Text text, Text part) { return find(text, part) != kNotFound; }

// Whether at least one of the parts occurs; true where there are no parts.
template <class Parts>
inline bool contains_any(Text text, const Parts& parts) {
  for (const auto& part : parts) {
    if (contains(text, part)) return true;
  }
  return parts.begin() == parts.end();
}

struct Decoded {
  char32_t code_point;
  uint32_t size;  // In bytes, at least 1.
};

// The code point at `at` < `end`. Bytes that are not UTF-8 give U+FFFD, one byte at a time.
[[gnu::always_inline]] inline Decoded decode(const char* at, const char* end) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(at[i])); };
  const uint32_t lead = byte(0);
  const auto left = static_cast<size_t>(end - at);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xE0) {
    if (lead >= 0xC2 && left >= 2 && is_continuation(at[1])) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  } else if (lead < 0xF0) {
    if (left >= 3 && is_continuation(at[1]) && is_continuation(at[2])) {
      const uint32_t code_point = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
      if (code_point >= 0x800 && (code_point < 0xD800 || code_point > 0xDFFF)) return {code_point, 3};
    }
  } else if (left >= 4 && is_continuation(at[1]) && is_continuation(at[2]) && is_continuation(at[3])) {
    const uint32_t code_point = (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    if (lead < 0xF8 && code_point >= 0x10000 && code_point <= 0x10FFFF) return {code_point, 4};
  }
  return {0xFFFD, 1};
}

// Where the code point that ends before `end` > `begin` starts.
[[gnu::always_inline]] inline const char* previous(const char* begin, const char* end) {
  const char* at = end - 1;
  for (int i = 0; i < 3 && at > begin && is_continuation(*at); ++i) --at;
  return at;
}

// Writes a code point (at most U+10FFFF) and returns its size, at most 4 bytes.
[[gnu::always_inline]] inline uint32_t encode(char32_t code_point, char* out) {
  const auto put = [&](int i, char32_t value) { out[i] = static_cast<char>(static_cast<uint8_t>(value)); };
  if (code_point < 0x80) {
    put(0, code_point);
    return 1;
  }
  if (code_point < 0x800) {
    put(0, 0xC0 | code_point >> 6);
    put(1, 0x80 | (code_point & 0x3F));
    return 2;
  }
  if (code_point < 0x10000) {
    put(0, 0xE0 | code_point >> 12);
    put(1, 0x80 | (code_point >> 6 & 0x3F));
    put(2, 0x80 | (code_point & 0x3F));
    return 3;
  }
  put(0, 0xF0 | (code_point >> 18 & 0x07));
  put(1, 0x80 | (code_point >> 12 & 0x3F));
  put(2, 0x80 | (code_point >> 6 & 0x3F));
  put(3, 0x80 | (code_point & 0x3F));
  return 4;
}

// The property White_Space of Unicode (PropList.txt, the same 25 code points since Unicode 6.3).
[[gnu::always_inline]] inline bool is_white_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

// The text without White_Space in front.
inline Text trim_start(Text text) {
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    const Decoded next = decode(at, end);
    if (!is_white_space(next.code_point)) break;
    at += next.size;
  }
  return {at, static_cast<size_t>(end - at)};
}

// The text without White_Space at its end.
inline Text trim_end(Text text) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  while (end > begin) {
    const char* last = previous(begin, end);
    if (!is_white_space(decode(last, end).code_point)) break;
    end = last;
  }
  return {begin, static_cast<size_t>(end - begin)};
}

// The simple (one code point to one) case mappings of the Unicode version of utf8proc.
struct Lower {
  static constexpr char kFirst = 'A';
  static char32_t map(char32_t c) { return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))); }
};
struct Upper {
  static constexpr char kFirst = 'a';
  static char32_t map(char32_t c) { return static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))); }
};

// The 26 letters from kFirst on change their case by bit 5; other bytes stay.
template <class Case, class Bytes>
[[gnu::always_inline]] inline Bytes map_ascii(Bytes bytes) {
  const auto is_letter = (bytes - static_cast<uint8_t>(Case::kFirst)) < 26;
  return bytes ^ (reinterpret_cast<Bytes>(is_letter) & 0x20);
}

// Maps `size` ASCII bytes from `in` to `out`, in blocks that may overlap, so that no loop over single bytes remains.
template <class Case>
inline void map_ascii(const char* in, char* out, size_t size) {
  using Eight = uint8_t __attribute__((vector_size(8)));
  const auto move = [&]<class Bytes>(Bytes, size_t at) __attribute__((always_inline)) {
    const Bytes mapped = map_ascii<Case>(load<Bytes>(in + at));
    __builtin_memcpy(out + at, &mapped, sizeof(Bytes));
  };
  if (size >= kBlock) {
    size_t at = 0;
    for (; at + kBlock <= size; at += kBlock) move(Block{}, at);
    move(Block{}, size - kBlock);
  } else if (size >= 8) {
    move(Eight{}, 0);
    move(Eight{}, size - 8);
  } else {
    for (size_t at = 0; at < size; ++at) {
      const auto byte = static_cast<uint8_t>(in[at]);
      const bool is_letter = static_cast<uint8_t>(byte - Case::kFirst) < 26;
      out[at] = static_cast<char>(byte ^ (is_letter ? 0x20 : 0));
    }
  }
}

// The text with every code point mapped. Not in Unicode's table or equal: stays.
template <class Case>
inline Text map_case(Text text, Arena& arena) {
  if (text.empty()) return {};
  if (is_ascii(text)) {
    char* out = arena.allocate(text.size());
    map_ascii<Case>(text.data(), out, text.size());
    return {out, text.size()};
  }
  // An ASCII byte stays one byte; any other code point has at least two and becomes at most four.
  char* out = arena.allocate(2 * text.size());
  const char* at = text.data();
  const char* end = at + text.size();
  size_t size = 0;
  while (at < end) {
    const auto byte = static_cast<uint8_t>(*at);
    if (byte < 0x80) {
      const bool is_letter = static_cast<uint8_t>(byte - Case::kFirst) < 26;
      out[size++] = static_cast<char>(byte ^ (is_letter ? 0x20 : 0));
      ++at;
      continue;
    }
    const Decoded next = decode(at, end);
    if (next.size == 1) {
      out[size++] = *at++;  // Not UTF-8: the byte stays.
      continue;
    }
    size += encode(Case::map(next.code_point), out + size);
    at += next.size;
  }
  return {out, size};
}

inline Text lower(Text text, Arena& arena) { return map_case<Lower>(text, arena); }
inline Text upper(Text text, Arena& arena) { return map_case<Upper>(text, arena); }

// The code points in reverse order.
inline Text reverse(Text text, Arena& arena) {
  if (text.empty()) return {};
  char* out = arena.allocate(text.size());
  char* to = out + text.size();
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    const Decoded next = decode(at, end);
    to -= next.size;
    for (uint32_t i = 0; i < next.size; ++i) to[i] = at[i];
    at += next.size;
  }
  return {out, text.size()};
}

// The longest text that an operator makes where its arguments could ask for any length, in bytes. A longer result is null.
inline constexpr size_t kMaximumSize = size_t{1} << 20;

// Puts a text together in the arena.
class Builder {
 public:
  Builder(Arena& arena, size_t expected) : arena_(arena), out_(arena.allocate(expected)), capacity_(expected) {}

  void append(Text text) { copy(text, extend(text.size())); }
  void append(char byte) { *extend(1) = byte; }
  // Room for `size` more bytes, which the caller writes.
  char* extend(size_t size) {
    if (size > capacity_ - size_) grow(size);
    char* result = out_ + size_;
    size_ += size;
    return result;
  }
  size_t size() const { return size_; }
  Text text() const { return {out_, size_}; }

 private:
  void grow(size_t size) {
    capacity_ = 2 * capacity_ + size;
    char* larger = arena_.allocate(capacity_);
    if (size_ != 0) __builtin_memcpy(larger, out_, size_);
    out_ = larger;
  }

  Arena& arena_;
  char* out_;
  size_t size_ = 0;
  size_t capacity_;
};

// Calls `emit(Text)` for each maximal run of code points that belong to a class, from the start to the end. Class has
// `static Comparison ascii(Block)`, all ones for each ASCII byte that belongs, and `static bool contains(char32_t)` for the others.
template <class Class, class Emit>
inline void for_each_run(Text text, Emit&& emit) {
  const char* const begin = text.data();
  const size_t size = text.size();
  size_t start = kNotFound;  // Of the run that is open.
  size_t at = 0;
  while (at < size) {
    const size_t left = size - at < kBlock ? size - at : kBlock;
    const Block block = load_partial(begin + at, left);
    const uint32_t other = non_ascii_bits(block);
    // The ASCII bytes in front are taken together; bytes behind the text belong to no run.
    const size_t count = other == 0 ? left : static_cast<size_t>(__builtin_ctz(other));
    const uint32_t inside = bits(Class::ascii(block)) & ((1u << count) - 1);
    uint32_t edges = (inside ^ (inside << 1 | (start != kNotFound ? 1u : 0u))) & ((1u << count) - 1);
    for (; edges != 0; edges &= edges - 1) {
      const size_t edge = at + static_cast<size_t>(__builtin_ctz(edges));
      if (start == kNotFound) {
        start = edge;
      } else {
        emit(Text(begin + start, edge - start));
        start = kNotFound;
      }
    }
    at += count;
    while (at < size && static_cast<uint8_t>(begin[at]) >= 0x80) {
      const Decoded next = decode(begin + at, begin + size);
      if (Class::contains(next.code_point)) {
        if (start == kNotFound) start = at;
      } else if (start != kNotFound) {
        emit(Text(begin + start, at - start));
        start = kNotFound;
      }
      at += next.size;
    }
  }
  if (start != kNotFound) emit(Text(begin + start, size - start));
}

}  // namespace feature_extractor::text
