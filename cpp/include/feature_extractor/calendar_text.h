// Dates and times as text: RFC 3339, and formats in the manner of strftime, without a locale.
#pragma once

#include "feature_extractor/calendar.h"
#include "feature_extractor/text.h"

#include <string>
#include <vector>

namespace feature_extractor::calendar {

// Parts of a local time, as text spells them.
struct Fields {
  int32_t year = 1970;
  uint32_t month = 1;
  uint32_t day = 1;
  uint32_t hour = 0;
  uint32_t minute = 0;
  uint32_t second = 0;
  uint32_t microsecond = 0;
};

// The local microseconds, or null where there is no such day or time. A leap second has no POSIX time.
inline Nullable<int64_t> local_from_fields(const Fields& f) {
  if (f.year < 0 || f.year > 9999 || f.month < 1 || f.month > 12 || f.day < 1 ||
      f.day > days_in_month(f.year, f.month) || f.hour > 23 || f.minute > 59 || f.second > 59) {
    return null;
  }
  return days_from_date(f.year, f.month, static_cast<int32_t>(f.day)) * kDay + f.hour * kHour + f.minute * kMinute +
         f.second * kSecond + f.microsecond;
}

// Reads text from its start.
class Scanner {
 public:
  explicit Scanner(Text text) : text_(text) {}

  bool done() const { return text_.empty(); }
  bool starts_with_digit() const { return !text_.empty() && is_digit(text_.front()); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool take(Text part) {
    if (!text_.starts_with(part)) return false;
    text_.remove_prefix(part.size());
    return true;
  }
  // Between `least` and `most` digits, as many as there are.
  bool digits(size_t least, size_t most, uint32_t* value) {
    size_t count = 0;
    uint32_t result = 0;
    while (count < most && count < text_.size() && is_digit(text_[count])) {
      result = result * 10 + static_cast<uint32_t>(text_[count++] - '0');
    }
    text_.remove_prefix(count);
    *value = result;
    return count >= least;
  }
  // Digits behind the point of a second; those below a microsecond are cut off.
  bool fraction(size_t most, uint32_t* microsecond) {
    size_t count = 0;
    uint32_t result = 0;
    while (count < most && count < text_.size() && is_digit(text_[count])) {
      if (count < 6) result = result * 10 + static_cast<uint32_t>(text_[count] - '0');
      ++count;
    }
    text_.remove_prefix(count);
    for (size_t i = count; i < 6; ++i) result *= 10;
    *microsecond = result;
    return count > 0;
  }
  // `Z`, `+hh:mm` or `+hhmm`, in seconds east of UTC.
  bool offset(bool colon_required, int32_t* seconds) {
    if (take('Z') || take('z')) {
      *seconds = 0;
      return true;
    }
    const bool negative = take('-');
    if (!negative && !take('+')) return false;
    uint32_t hours = 0;
    uint32_t minutes = 0;
    if (!digits(2, 2, &hours) || (!take(':') && colon_required) || !digits(2, 2, &minutes)) return false;
    *seconds = static_cast<int32_t>(hours * 3'600 + minutes * 60) * (negative ? -1 : 1);
    return hours <= 23 && minutes <= 59;
  }
  // One of twelve or seven names of three letters, in upper or lower case; `index` is its number.
  bool name(Text names, uint32_t* index) {
    if (text_.size() < 3) return false;
    for (uint32_t i = 0; i < names.size() / 3; ++i) {
      bool same = true;
      for (uint32_t j = 0; j < 3; ++j) same = same && (text_[j] | 0x20) == (names[3 * i + j] | 0x20);
      if (same) {
        *index = i;
        text_.remove_prefix(3);
        return true;
      }
    }
    return false;
  }

 private:
  static bool is_digit(char c) { return static_cast<uint8_t>(c - '0') <= 9; }

  Text text_;
};

// A timestamp as RFC 3339 spells it, with an offset; a space may stand for the `T`.
inline Nullable<Timestamp> parse_rfc3339(Text text) {
  Scanner scanner(text);
  Fields fields;
  uint32_t year = 0;
  if (!scanner.digits(4, 4, &year) || !scanner.take('-') || !scanner.digits(2, 2, &fields.month) ||
      !scanner.take('-') || !scanner.digits(2, 2, &fields.day) ||
      !(scanner.take('T') || scanner.take('t') || scanner.take(' ')) || !scanner.digits(2, 2, &fields.hour) ||
      !scanner.take(':') || !scanner.digits(2, 2, &fields.minute) || !scanner.take(':') ||
      !scanner.digits(2, 2, &fields.second)) {
    return null;
  }
  fields.year = static_cast<int32_t>(year);
  if (scanner.take('.') && !scanner.fraction(text.size(), &fields.microsecond)) return null;
  int32_t offset = 0;
  if (!scanner.offset(true, &offset) || !scanner.done()) return null;
  const Nullable<int64_t> local = local_from_fields(fields);
  return Nullable<Timestamp>::where(local.has_value(), {*local - offset * kSecond});
}

// Writes a number with leading zeros.
inline void put_digits(char* out, uint32_t value, size_t digits) {
  for (size_t i = digits; i > 0; --i, value /= 10) out[i - 1] = static_cast<char>('0' + value % 10);
}

inline constexpr Text kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
inline constexpr Text kWeekdays = "MonTueWedThuFriSatSun";

// A format, taken apart once. Letters: Y m d j H M S f u a b z F T %.
class Format {
 public:
  // Returns false, and says why, if the format has an unknown letter.
  bool compile(Text format, BindError& error) {
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%') {
        literal(format[i]);
        continue;
      }
      const char letter = ++i < format.size() ? format[i] : ' ';
      if (letter == '%') {
        literal('%');
      } else if (letter == 'F') {
        compile("%Y-%m-%d", error);
      } else if (letter == 'T') {
        compile("%H:%M:%S", error);
      } else if (Text("YmdjHMSfuabz").find(letter) != Text::npos) {
        items_.push_back({letter, {}});
      } else {
        error.set("A time format knows the letters %Y %m %d %j %H %M %S %f %u %a %b %z %F %T and %%.");
        return false;
      }
    }
    return true;
  }
  bool has(char letter) const {
    for (const Item& item : items_) {
      if (item.letter == letter) return true;
    }
    return false;
  }

  // Null where the year has not four digits.
  Nullable<Text> format(Arena& arena, int64_t local, int32_t offset) const {
    const int32_t day_number = days(local);
    const Date date = date_from_days(day_number);
    if (date.year < 0 || date.year > 9999) return null;
    text::Builder out(arena, size_hint_ + 8 * items_.size());
    const auto put = [&](uint32_t value, size_t digits) { put_digits(out.extend(digits), value, digits); };
    for (const Item& item : items_) {
      switch (item.letter) {
        case 'Y':
          put(static_cast<uint32_t>(date.year), 4);
          break;
        case 'm':
          put(date.month, 2);
          break;
        case 'd':
          put(date.day, 2);
          break;
        case 'j':
          put(date.day_of_year, 3);
          break;
        case 'H':
          put(hour_of_day(local), 2);
          break;
        case 'M':
          put(minute_of_day(local) % 60, 2);
          break;
        case 'S':
          put(second_of_day(local) % 60, 2);
          break;
        case 'f':
          put(static_cast<uint32_t>(microsecond_of_day(local) % kSecond), 6);
          break;
        case 'u':
          put(day_of_week(day_number), 1);
          break;
        case 'a':
          out.append(kWeekdays.substr(3 * (day_of_week(day_number) - 1), 3));
          break;
        case 'b':
          out.append(kMonths.substr(3 * (date.month - 1), 3));
          break;
        case 'z': {
          const auto seconds = static_cast<uint32_t>(offset < 0 ? -offset : offset);
          out.append(offset < 0 ? '-' : '+');
          put(seconds / 3'600 * 100 + seconds / 60 % 60, 4);
          break;
        }
        default:
          out.append(item.literal);
          break;
      }
    }
    return out.text();
  }

  // The instant that a text spells; the zone counts where the format has no %z.
  Nullable<Timestamp> parse(Text text, const TimeZone& zone) const {
    Scanner scanner(text);
    Fields fields;
    uint32_t day_of_year = 0;
    uint32_t number = 0;
    int32_t offset = 0;
    bool has_offset = false;
    for (const Item& item : items_) {
      bool ok = false;
      switch (item.letter) {
        case 'Y':
          ok = scanner.digits(4, 4, &number);
          fields.year = static_cast<int32_t>(number);
          break;
        case 'm':
          ok = scanner.digits(1, 2, &fields.month);
          break;
        case 'd':
          ok = scanner.digits(1, 2, &fields.day);
          break;
        case 'j':
          ok = scanner.digits(1, 3, &day_of_year) && day_of_year > 0;
          break;
        case 'H':
          ok = scanner.digits(1, 2, &fields.hour);
          break;
        case 'M':
          ok = scanner.digits(1, 2, &fields.minute);
          break;
        case 'S':
          ok = scanner.digits(1, 2, &fields.second);
          break;
        case 'f':
          ok = scanner.fraction(6, &fields.microsecond);
          break;
        case 'u':
          ok = scanner.digits(1, 1, &number) && number >= 1 && number <= 7;
          break;
        case 'a':
          ok = scanner.name(kWeekdays, &number);
          break;
        case 'b':
          ok = scanner.name(kMonths, &number);
          fields.month = number + 1;
          break;
        case 'z':
          ok = scanner.offset(false, &offset);
          has_offset = true;
          break;
        default:
          ok = scanner.take(Text(item.literal));
          break;
      }
      if (!ok) return null;
    }
    if (!scanner.done()) return null;
    Nullable<int64_t> local = local_from_fields(fields);
    if (!local.has_value()) return null;
    if (day_of_year > 0) {
      if (day_of_year > (is_leap(fields.year) ? 366u : 365u)) return null;
      const int32_t day = days_from_date(fields.year, 1, static_cast<int32_t>(day_of_year));
      local = day * kDay + microsecond_of_day(*local);
    }
    if (has_offset) return Timestamp{*local - offset * kSecond};
    return Timestamp{zone.instant(*local, TimeZone::Gap::kShiftForward)};
  }

 private:
  struct Item {
    char letter;  // '\0' for text that stands for itself.
    std::string literal;
  };

  void literal(char c) {
    if (items_.empty() || items_.back().letter != '\0') items_.push_back({'\0', {}});
    items_.back().literal.push_back(c);
    ++size_hint_;
  }

  std::vector<Item> items_;
  size_t size_hint_ = 0;
};

}  // namespace feature_extractor::calendar
