// The parts of JSON's texts, many bytes at a time: white space, strings, numbers.
//
// `at` is where the part begins and `end` is behind the text. The last byte of the text is a closing bracket: no part but a string goes
// over it, so only strings ask where the end is.
#pragma once

#include "feature_extractor/json.h"
#include "feature_extractor/number_text.h"
#include "feature_extractor/text.h"

namespace feature_extractor::json_scan {

inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

[[gnu::always_inline]] inline const char* skip_space(const char* at) {
  // Mostly there is none, or one.
  if (static_cast<uint8_t>(*at) > ' ') return at;
  if (*at == ' ' && static_cast<uint8_t>(at[1]) > ' ') return at + 1;
  while (is_space(*at)) ++at;
  return at;
}

// A string whose quote is at `at`: where it ends, behind its quote; nullptr where it is none.
struct String {
  const char* end = nullptr;
  bool has_escapes = false;
};

// From `at` on, which is inside of a string.
inline String rest_of_string(const char* at, const char* end) {
  String string;
  for (;;) {
    const size_t left = static_cast<size_t>(end - at) < text::kBlock ? static_cast<size_t>(end - at) : text::kBlock;
    const text::Block block = text::load_partial(at, left);
    const uint32_t found = text::bits((block == static_cast<uint8_t>('"')) | (block == static_cast<uint8_t>('\\')) |
                                      (block < static_cast<uint8_t>(0x20))) &
                           ((1u << left) - 1);
    if (found == 0) {
      if (left < text::kBlock) return {};
      at += left;
      continue;
    }
    at += __builtin_ctz(found);
    const char c = *at++;
    if (c == '"') {
      string.end = at;
      return string;
    }
    if (c != '\\' || at == end) return {};
    string.has_escapes = true;
    const char escape = *at++;
    if (escape == 'u') {
      if (end - at < 4 || json::read_hexadecimal(at) > 0xFFFF) return {};
      at += 4;
    } else if (Text("\"\\/bfnrt").find(escape) == Text::npos) {
      return {};
    }
  }
}

[[gnu::always_inline]] inline String string(const char* at, const char* end) {
  ++at;
  if (end - at >= static_cast<ptrdiff_t>(text::kBlock)) {
    const text::Block block = text::load<text::Block>(at);
    const uint32_t found = text::bits((block == static_cast<uint8_t>('"')) | (block == static_cast<uint8_t>('\\')) |
                                      (block < static_cast<uint8_t>(0x20)));
    if (found != 0) {
      const char* const first = at + __builtin_ctz(found);
      if (*first == '"') return {first + 1, false};
    } else {
      at += text::kBlock;
    }
  }
  return rest_of_string(at, end);
}

// The number that eight digits spell, of which the first is in the lowest byte, as numbers and not as characters: as in Daniel Lemire,
// "Quickly parsing eight digits" (2018).
inline uint64_t eight_digits(uint64_t digits) {
  digits = digits * 10 + (digits >> 8);
  return ((digits & 0x000000FF000000FF) * 0x000F424000000064 +
          ((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
         32;
}

// Adds the digits at `at` to a number, modulo 2^64, and returns what is behind them. How many there are costs no branch below eight,
// since nobody could guess it.
[[gnu::always_inline]] inline const char* add_digits(const char* at, const char* end, uint64_t* number) {
  uint64_t value = *number;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  static constexpr uint64_t kTens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  while (end - at >= 8) {
    const uint64_t word = text::load<uint64_t>(at) ^ 0x3030303030303030;
    // The high bit of each byte that is no digit; behind the first of them the bits mean nothing.
    const uint64_t others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
    if (others == 0) {
      value = value * 100'000'000 + eight_digits(word);
      at += 8;
      continue;
    }
    const int bits = __builtin_ctzll(others) - 7;
    *number = value * kTens[bits / 8] + eight_digits(word << 1 << (63 - bits));
    return at + bits / 8;
  }
#endif
  for (; is_digit(*at); ++at) value = value * 10 + static_cast<uint8_t>(*at - '0');
  *number = value;
  return at;
}

// A number as it is written: (-1 if negative) * digits * 10^exponent.
struct Number {
  const char* end = nullptr;  // nullptr where it is none.
  uint64_t digits = 0;
  int64_t exponent = 0;
  bool is_negative = false;
  bool is_exact = true;  // Whether `digits` and `exponent` hold all of it.
};

inline Number number(const char* at, const char* end) {
  Number number;
  number.is_negative = *at == '-';
  if (number.is_negative) ++at;
  const char* const whole = at;
  at = add_digits(at, end, &number.digits);
  auto count = static_cast<size_t>(at - whole);
  if (count == 0 || (*whole == '0' && count > 1)) return {};
  if (*at == '.') {
    const char* const fraction = ++at;
    at = add_digits(at, end, &number.digits);
    if (at == fraction) return {};
    count += static_cast<size_t>(at - fraction);
    number.exponent = fraction - at;
  }
  // Nineteen digits always fit; zeros in front do not count.
  if (count > 19) {
    const char* first = whole;
    for (; *first == '0' || *first == '.'; ++first) count -= *first == '0' ? 1 : 0;
    number.is_exact = count <= 19;
  }
  if ((*at | 0x20) == 'e') {
    ++at;
    const bool is_negative = *at == '-';
    if (is_negative || *at == '+') ++at;
    const char* const begin = at;
    int64_t exponent = 0;
    for (; is_digit(*at); ++at) {
      if (exponent < 100'000) exponent = exponent * 10 + (*at - '0');
    }
    if (at == begin) return {};
    number.exponent += is_negative ? -exponent : exponent;
  }
  number.end = at;
  return number;
}

namespace powers {

// 10^0 to 10^22 are doubles.
inline constexpr double kTens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// 5^k, shifted to the left until its highest bit is set, and 2^127 divided by that, rounded down. 5^27 is the last one of 64 bits.
struct Five {
  uint64_t shifted;
  uint64_t reciprocal;
  int shift;
};
inline constexpr auto kFives = [] {
  struct {
    Five of[28];
  } fives{};
  uint64_t power = 5;
  for (int k = 1; k < 28; ++k, power *= 5) {
    const int shift = __builtin_clzll(power);
    const uint64_t shifted = power << shift;
    fives.of[k] = {shifted, static_cast<uint64_t>((static_cast<unsigned __int128>(1) << 127) / shifted), shift};
  }
  return fives;
}();

}  // namespace powers

// The double nearest to digits * 10^exponent, ties to even. False where this needs more than it knows.
[[gnu::always_inline]] inline bool nearest(uint64_t digits, int64_t exponent, double* value) {
  if (digits == 0 || exponent == 0) {
    *value = static_cast<double>(digits);
    return true;
  }
  if (exponent < -27 || exponent > 22) return false;
  if (exponent > 0) {
    // One operation on doubles gives the nearest (William Clinger, "How to Read Floating Point Numbers Accurately", 1990).
    *value = static_cast<double>(digits) * powers::kTens[exponent];
    return digits <= uint64_t{1} << 53;
  }
  // digits / 5^k, shifted so that the quotient has 63 or 64 bits; of these, 53 are kept. The product with the reciprocal is too small by
  // less than two, and this matters only just below and at the middle between two doubles. There the quotient is computed exactly.
  using Wide = unsigned __int128;
  const powers::Five& five = powers::kFives.of[-exponent];
  const int shift = __builtin_clzll(digits);
  const uint64_t shifted = digits << shift;
  auto quotient = static_cast<uint64_t>(static_cast<Wide>(shifted) * five.reciprocal >> 64);
  const uint64_t half = uint64_t{512} << (quotient >> 63);
  if ((quotient & (2 * half - 1)) - (half - 1) <= 1) [[unlikely]] {
    const Wide dividend = static_cast<Wide>(shifted) << 63;
    quotient = static_cast<uint64_t>(dividend / five.shifted);
    quotient |= static_cast<uint64_t>(static_cast<Wide>(quotient) * five.shifted != dividend);
  } else {
    quotient |= 1;  // Something is left, or might be: it cannot change what it is rounded to.
  }
  // Its last bit stands for all that is left, so that rounding once is enough. The power of two is exact, as nothing here is near the
  // ends of what doubles hold.
  quotient = quotient >> 1 | (quotient & 1);
  const int64_t power = 1 - 63 - shift + five.shift + exponent;
  *value = static_cast<double>(static_cast<int64_t>(quotient)) *
           __builtin_bit_cast(double, static_cast<uint64_t>(power + 1023) << 52);
  return true;
}

}  // namespace feature_extractor::json_scan
