// Numbers as texts spell them: what parse_int and parse_float read, and what JSON and lists of numbers in one text hold.
#pragma once

#include "feature_extractor/column.h"

#include <charconv>

namespace feature_extractor {

[[gnu::always_inline]] inline bool is_digit(char c) { return static_cast<uint8_t>(c - '0') <= 9; }

// The integer that the whole text spells: a sign or none, ASCII digits. Null where it is none, or does not fit 64 bits.
inline Nullable<int64_t> read_int(Text s) {
  const bool negative = s.starts_with('-');
  if (negative || s.starts_with('+')) s.remove_prefix(1);
  if (s.empty()) return null;
  // Up to 18 digits cannot run over; the rest is checked. The sum is negative, as there is one more negative number.
  int64_t value = 0;
  bool fits = true;
  for (size_t i = 0; i < s.size(); ++i) {
    const auto digit = static_cast<uint8_t>(s[i] - '0');
    if (digit > 9) return null;
    if (i < 18) {
      value = value * 10 - digit;
    } else {
      fits = fits && !__builtin_mul_overflow(value, int64_t{10}, &value) &&
             !__builtin_sub_overflow(value, static_cast<int64_t>(digit), &value);
    }
  }
  if (!fits || (!negative && value == INT64_MIN)) return null;
  return negative ? value : -value;
}

namespace number_text {

// A number too large is null, one too small is zero. The place of its first digit that is not zero tells which.
inline Nullable<double> out_of_range(Text s) {
  const double zero = s.starts_with('-') ? -0.0 : 0.0;
  const size_t e = s.find_first_of("eE");
  const Text digits = s.substr(0, e);
  const size_t first = digits.find_first_of("123456789");
  if (first == Text::npos) return zero;
  int64_t exponent = 0;
  if (e != Text::npos) {
    for (const char c : s.substr(e + 1)) {
      if (is_digit(c) && exponent < (int64_t{1} << 40)) exponent = exponent * 10 + (c - '0');
    }
    if (s[e + 1] == '-') exponent = -exponent;
  }
  const size_t point = digits.find('.') == Text::npos ? digits.size() : digits.find('.');
  const int64_t place = static_cast<int64_t>(point) - static_cast<int64_t>(first) + exponent;
  return Nullable<double>::where(place <= 0, zero);
}

}  // namespace number_text

// The double nearest to the decimal number that the whole text spells, ties to even. Null where it is none, or too large.
inline Nullable<double> read_float(Text s) {
  if (s.starts_with('+')) {
    s.remove_prefix(1);
    if (s.starts_with('-')) return null;
  }
  // from_chars also reads "inf" and "nan"; a number has a digit or a point after its sign.
  const size_t sign = s.starts_with('-') ? 1 : 0;
  if (s.size() <= sign || !(is_digit(s[sign]) || s[sign] == '.')) return null;
  double value = 0.0;
  const std::from_chars_result result = std::from_chars(s.data(), s.data() + s.size(), value);
  if (result.ptr != s.data() + s.size()) return null;
  if (result.ec == std::errc::result_out_of_range) return number_text::out_of_range(s);
  if (result.ec != std::errc()) return null;
  return value;
}

}  // namespace feature_extractor
