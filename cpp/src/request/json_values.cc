#include "request/json_values.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "feature_extractor/calendar_text.h"
#include "feature_extractor/number_text.h"

namespace feature_extractor {
namespace {

using calendar::Scanner;

// Monday of the first week of a year in ISO 8601, which is the week with 4 January.
int32_t first_iso_monday(int32_t year) {
  const int32_t fourth = calendar::days_from_date(year, 1, 4);
  return fourth - static_cast<int32_t>(calendar::day_of_week(fourth)) + 1;
}

// YYYY-Www-D, YYYY-Www, YYYYWwwD or YYYYWww, from behind the W.
bool read_week(Scanner& scanner, bool has_hyphens, uint32_t year, int32_t* day) {
  uint32_t week = 0;
  uint32_t day_of_week = 1;
  if (!scanner.digits(2, 2, &week)) return false;
  if (has_hyphens ? scanner.take('-') : scanner.starts_with_digit()) {
    if (!scanner.digits(1, 1, &day_of_week)) return false;
  }
  const int32_t monday = first_iso_monday(static_cast<int32_t>(year));
  *day = monday + static_cast<int32_t>((week - 1) * 7 + day_of_week - 1);
  return week >= 1 && day_of_week >= 1 && day_of_week <= 7 &&
         monday + static_cast<int32_t>(week * 7) <= first_iso_monday(static_cast<int32_t>(year) + 1);
}

bool read_date(Scanner& scanner, int32_t* day) {
  uint32_t year = 0;
  if (!scanner.digits(4, 4, &year) || year == 0) return false;
  const bool has_hyphens = scanner.take('-');
  if (scanner.take('W')) return read_week(scanner, has_hyphens, year, day);
  uint32_t month = 0;
  uint32_t day_of_month = 0;
  if (!scanner.digits(2, 2, &month) || (has_hyphens && !scanner.take('-')) || !scanner.digits(2, 2, &day_of_month)) {
    return false;
  }
  if (month < 1 || month > 12 || day_of_month < 1 ||
      day_of_month > calendar::days_in_month(static_cast<int32_t>(year), month)) {
    return false;
  }
  *day = calendar::days_from_date(static_cast<int32_t>(year), month, static_cast<int32_t>(day_of_month));
  return true;
}

// Hours, then minutes, seconds and their fraction, each only behind the one before.
bool read_clock(Scanner& scanner, int64_t* microseconds) {
  uint32_t hour = 0;
  uint32_t minute = 0;
  uint32_t second = 0;
  uint32_t fraction = 0;
  if (!scanner.digits(2, 2, &hour)) return false;
  const bool has_colons = scanner.take(':');
  if (has_colons || scanner.starts_with_digit()) {
    if (!scanner.digits(2, 2, &minute)) return false;
    if (has_colons ? scanner.take(':') : scanner.starts_with_digit()) {
      if (!scanner.digits(2, 2, &second)) return false;
      if ((scanner.take('.') || scanner.take(',')) && !scanner.fraction(SIZE_MAX, &fraction)) return false;
    }
  }
  *microseconds = hour * calendar::kHour + minute * calendar::kMinute + second * calendar::kSecond + fraction;
  return hour <= 23 && minute <= 59 && second <= 59;
}

// In any case of its letters.
bool is_word(Text text, Text word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
    return (static_cast<uint8_t>(a) | (a >= 'A' && a <= 'Z' ? 0x20 : 0)) == static_cast<uint8_t>(b);
  });
}

}  // namespace

Nullable<int64_t> read_instant(Text text) {
  Scanner scanner(text);
  int32_t day = 0;
  if (!read_date(scanner, &day)) return null;
  int64_t instant = day * calendar::kDay;
  if (scanner.done()) return instant;
  int64_t time = 0;
  if (!(scanner.take('T') || scanner.take(' ') || scanner.take('t')) || !read_clock(scanner, &time)) return null;
  instant += time;
  if (!scanner.done() && !scanner.take('Z')) {
    const bool is_west = scanner.take('-');
    int64_t offset = 0;
    if ((!is_west && !scanner.take('+')) || !read_clock(scanner, &offset)) return null;
    instant -= is_west ? -offset : offset;
  }
  return Nullable<int64_t>::where(scanner.done(), instant);
}

Nullable<int64_t> read_duration(Text text) {
  struct Unit {
    Text name;
    int64_t microseconds;
  };
  static constexpr std::array<Unit, 7> kUnits = {{{"w", 7 * calendar::kDay},
                                                  {"d", calendar::kDay},
                                                  {"h", calendar::kHour},
                                                  {"m", calendar::kMinute},
                                                  {"s", calendar::kSecond},
                                                  {"ms", 1000},
                                                  {"us", 1}}};
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return null;
  int64_t total = 0;
  for (size_t next = 0; !text.empty();) {
    size_t digits = 0;
    int64_t count = 0;
    for (; digits < text.size() && is_digit(text[digits]); ++digits) {
      if (__builtin_mul_overflow(count, int64_t{10}, &count) ||
          __builtin_add_overflow(count, int64_t{text[digits] - '0'}, &count)) {
        return null;
      }
    }
    if (digits == 0 || digits > 25) return null;
    text.remove_prefix(digits);
    size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters])) ++letters;
    while (next < kUnits.size() && kUnits[next].name != text.substr(0, letters)) ++next;
    if (next == kUnits.size()) return null;
    if (__builtin_mul_overflow(count, kUnits[next].microseconds, &count) ||
        __builtin_add_overflow(total, count, &total)) {
      return null;
    }
    ++next;
    text.remove_prefix(letters);
  }
  return is_negative ? -total : total;
}

Nullable<Text> read_base64(Text text, Arena& arena) {
  const auto value_of = [](char c) -> uint32_t {
    if (c >= 'A' && c <= 'Z') return static_cast<uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<uint32_t>(c - 'a' + 26);
    if (is_digit(c)) return static_cast<uint32_t>(c - '0' + 52);
    return c == '+' ? 62 : c == '/' ? 63 : 64;
  };
  if (text.size() % 4 != 0) return null;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  const size_t size = text.size() / 4 * 3;
  char* const out = arena.allocate(size);
  char* to = out;
  uint32_t wrong = 0;
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t group = 0;
    for (size_t k = i; k < i + 4; ++k) {
      const uint32_t value = k + padding >= text.size() ? 0 : value_of(text[k]);
      wrong |= value;
      group = group << 6 | (value & 63);
    }
    *to++ = static_cast<char>(group >> 16);
    *to++ = static_cast<char>(group >> 8);
    *to++ = static_cast<char>(group);
  }
  return Nullable<Text>::where(wrong < 64, {out, size - padding});
}

Nullable<int64_t> whole_number(Text digits) {
  const Nullable<int64_t> exact = read_int(digits);
  if (exact.has_value() || digits.find_first_of(".eE") == Text::npos) return exact;
  const double x = nearest_number(digits);
  if (!(std::fabs(x) < 9007199254740992.0) || std::trunc(x) != x) return null;
  return static_cast<int64_t>(x);
}

double nearest_number(Text digits) {
  const Nullable<double> nearest = read_float(digits);
  return nearest.has_value() ? *nearest : digits == "NaN" ? NAN : digits.starts_with('-') ? -INFINITY : INFINITY;
}

void write_text(Nullable<Text> text, ColumnWriter& writer) {
  if (text.has_value()) {
    writer.add_text(*text);
  } else {
    writer.add_text_without_form();
  }
}

bool write_spelled(Text text, Arena& arena, ColumnWriter& writer) {
  if (writer.type().kind == DeclaredType::Kind::kBytes) {
    const Nullable<Text> bytes = read_base64(text, arena);
    if (bytes.has_value()) writer.add_text(*bytes);
    return bytes.has_value();
  }
  const Nullable<int64_t> microseconds =
      writer.type().kind == DeclaredType::Kind::kTimestamp ? read_instant(text) : read_duration(text);
  if (microseconds.has_value()) writer.add_int(*microseconds);
  return microseconds.has_value();
}

bool write_key(Nullable<Text> name, Arena& arena, ColumnWriter& writer) {
  using Kind = DeclaredType::Kind;
  switch (writer.type().kind) {
    case Kind::kString:
      write_text(name, writer);
      return true;
    case Kind::kBool: {
      const Text word = name.has_value() ? *name : Text();
      const bool is_true = is_word(word, "true") || word == "1";
      if (!is_true && !is_word(word, "false") && word != "0") return false;
      writer.add_bool(is_true);
      return true;
    }
    case Kind::kInt:
    case Kind::kTimestamp:
    case Kind::kDuration: {
      const Nullable<int64_t> whole = name.has_value() ? read_int(*name) : Nullable<int64_t>(null);
      if (whole.has_value()) writer.add_int(*whole);
      if (whole.has_value()) return true;
      return writer.type().kind != Kind::kInt && name.has_value() && write_spelled(*name, arena, writer);
    }
    default:
      return name.has_value() && write_spelled(*name, arena, writer);
  }
}

}  // namespace feature_extractor
