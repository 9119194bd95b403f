// The normal forms of Unicode (UAX #15), over the tables of utf8proc. Only the tables: memory comes from the arena, and
// marks are put in order in linear time, so that no text can make it slow.
#pragma once

#include "feature_extractor/text.h"

namespace feature_extractor::text {

// True if every code point below is its own NFC and never combines with one in front of it, so that a text of only such code
// points is normalised. Ranges of DerivedNormalizationProps.txt (NFC_Quick_Check=Yes) that are also of combining class 0 and
// cover most text that people write.
[[gnu::always_inline]] inline bool is_plainly_composed(char32_t c) {
  return c < 0x300 || (c >= 0x400 && c <= 0x482) || (c >= 0x48A && c <= 0x52F) || (c >= 0x3041 && c <= 0x3096) ||
         (c >= 0x30A1 && c <= 0x30FF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xFF01 && c <= 0xFF9D) || (c >= 0x1F300 && c <= 0x1F64F);
}

// The same for NFKC: without the compatibility characters of Latin-1, of the further Latin letters, and of the full widths.
[[gnu::always_inline]] inline bool is_plainly_compatible(char32_t c) {
  return c < 0xA0 || (c >= 0xC0 && c < 0x132) || (c >= 0x400 && c < 0xFF01 && c != 0x30FF && is_plainly_composed(c)) ||
         (c >= 0x1F300 && c <= 0x1F64F);
}

inline bool is_plainly_normal(Text text, bool compatible) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const Decoded next = decode(at, end);
    const char32_t c = next.code_point;
    if (!(compatible ? is_plainly_compatible(c) : is_plainly_composed(c))) return false;
    at += next.size;
  }
  return true;
}

struct CodePoints {
  int32_t* data;
  size_t size;
};

// The code points of a text, each replaced by what utf8proc's options make of it (its decomposition, its case folding), in
// the text's order.
inline CodePoints expand(Text text, int options, Arena& arena) {
  size_t capacity = text.size() + 32;
  CodePoints result{arena.allocate_array<int32_t>(capacity), 0};
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const Decoded next = decode(at, end);
    at += next.size;
    // A code point becomes at most 18 (U+FDFA in NFKD).
    if (capacity - result.size < 32) {
      capacity *= 2;
      int32_t* larger = arena.allocate_array<int32_t>(capacity);
      __builtin_memcpy(larger, result.data, result.size * sizeof(int32_t));
      result.data = larger;
    }
    int boundary = 0;
    const auto room = static_cast<utf8proc_ssize_t>(capacity - result.size);
    const utf8proc_ssize_t written =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(next.code_point), result.data + result.size, room,
                                static_cast<utf8proc_option_t>(options), &boundary);
    if (written > 0 && written <= room) result.size += static_cast<size_t>(written);
  }
  return result;
}

// Sorts each run of combining marks by its combining class; marks of one class keep their order.
inline void order_marks(CodePoints points, Arena& arena) {
  const auto combining_class = [](int32_t c) {
    return static_cast<uint32_t>(utf8proc_get_property(c)->combining_class) & 0xFF;
  };
  for (size_t i = 0; i < points.size;) {
    if (points.data[i] < 0x300 || combining_class(points.data[i]) == 0) {
      ++i;
      continue;
    }
    size_t end = i + 1;
    bool ordered = true;
    while (end < points.size && combining_class(points.data[end]) != 0) {
      ordered = ordered && combining_class(points.data[end - 1]) <= combining_class(points.data[end]);
      ++end;
    }
    if (!ordered) {
      // Counting sort: linear for any number of marks.
      size_t starts[257] = {};
      for (size_t j = i; j < end; ++j) ++starts[combining_class(points.data[j]) + 1];
      for (size_t k = 1; k < 257; ++k) starts[k] += starts[k - 1];
      int32_t* sorted = arena.allocate_array<int32_t>(end - i);
      for (size_t j = i; j < end; ++j) sorted[starts[combining_class(points.data[j])]++] = points.data[j];
      __builtin_memcpy(points.data + i, sorted, (end - i) * sizeof(int32_t));
    }
    i = end;
  }
}

inline Text encode_all(CodePoints points, Arena& arena) {
  size_t size = 0;
  for (size_t i = 0; i < points.size; ++i) {
    const auto c = static_cast<uint32_t>(points.data[i]);
    size += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
  if (size == 0) return {};
  char* const out = arena.allocate(size);
  char* to = out;
  for (size_t i = 0; i < points.size; ++i) to += encode(static_cast<char32_t>(points.data[i]), to);
  return {out, size};
}

// Joins what can be joined, in place (the code points are decomposed and ordered). utf8proc 2.8 takes U+11A7 for the empty
// final consonant of a Hangul syllable and swallows it. It is a starter that joins with nothing, so what is in front of it and
// what is behind it are composed apart.
inline void compose(CodePoints* points) {
  constexpr int32_t kBeforeFinals = 0x11A7;
  size_t size = 0;
  for (size_t begin = 0; begin < points->size;) {
    size_t end = begin;
    while (end < points->size && points->data[end] != kBeforeFinals) ++end;
    const utf8proc_ssize_t composed =
        utf8proc_normalize_utf32(points->data + begin, static_cast<utf8proc_ssize_t>(end - begin),
                                 static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
    const size_t kept = composed >= 0 ? static_cast<size_t>(composed) : end - begin;
    if (size != begin) __builtin_memmove(points->data + size, points->data + begin, kept * sizeof(int32_t));
    size += kept;
    if (end < points->size) points->data[size++] = kBeforeFinals;
    begin = end + 1;
  }
  points->size = size;
}

struct NormalForm {
  bool compatible = false;
  bool composed = true;
};

inline Text normalize(Text text, NormalForm form, Arena& arena) {
  if (is_ascii(text)) return text;
  if (form.composed && is_plainly_normal(text, form.compatible)) return text;
  CodePoints points =
      expand(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | (form.compatible ? UTF8PROC_COMPAT : 0), arena);
  order_marks(points, arena);
  if (form.composed) compose(&points);
  return encode_all(points, arena);
}

}  // namespace feature_extractor::text
