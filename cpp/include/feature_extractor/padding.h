// Texts that are filled up to a number of code points.
#pragma once

#include "feature_extractor/text.h"

namespace feature_extractor {

// The text with as much of `fill`, over and over, as is missing, in front of it or behind it. Null where that is too long.
template <bool InFront>
Nullable<Text> padded(Arena& arena, Text s, int64_t size, Text fill) {
  const auto length = static_cast<int64_t>(text::count_code_points(s));
  const size_t fill_length = text::count_code_points(fill);
  if (size <= length || fill_length == 0) return s;
  if (size > static_cast<int64_t>(text::kMaximumSize)) return null;
  const auto missing = static_cast<size_t>(size - length);
  const size_t whole = missing / fill_length;
  // At most 2^20 code points are missing, so the product has at most 2^20 times the size of `fill`; both are sizes of memory.
  if (fill.size() > text::kMaximumSize || whole * fill.size() > text::kMaximumSize) return null;
  const size_t bytes = whole * fill.size() + text::code_point_offset(fill, missing % fill_length);
  if (s.size() + bytes > text::kMaximumSize) return null;
  char* const out = arena.allocate(s.size() + bytes);
  char* const filled = InFront ? out : out + s.size();
  // The last time only the beginning of `fill` may fit.
  for (size_t i = 0; i < bytes; ++i) filled[i] = i < fill.size() ? fill[i] : filled[i - fill.size()];
  if (!s.empty()) __builtin_memcpy(InFront ? out + bytes : out, s.data(), s.size());
  return Text(out, s.size() + bytes);
}

}  // namespace feature_extractor
