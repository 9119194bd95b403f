// to_string(x): a value as text.
#include "feature_extractor/calendar_text.h"
#include "feature_extractor/operator.h"

#include <charconv>

namespace feature_extractor {
namespace {

struct FromBool {
  static Text eval(bool x) { return x ? Text("true") : Text("false"); }
};

struct FromInt {
  static Text eval(Arena& arena, int64_t x) {
    constexpr size_t kSize = 20;  // A sign and 19 digits.
    char* out = arena.allocate(kSize);
    return {out, static_cast<size_t>(std::to_chars(out, out + kSize, x).ptr - out)};
  }
};

struct FromFloat {
  static Nullable<Text> eval(Arena& arena, double x) {
    if (!(__builtin_fabs(x) <= adapter::kLargestFinite)) return null;
    if (x == 0.0) return Text("0.0");  // Also -0.0, which is the same number.
    // The shortest digits that give the number back: d.ddde[+-]xx.
    char scientific[32];
    const char* const end =
        std::to_chars(scientific, scientific + sizeof(scientific), x, std::chars_format::scientific).ptr;
    const bool negative = scientific[0] == '-';
    const char* const first = scientific + (negative ? 1 : 0);
    const char* e = end;
    while (*--e != 'e') {
    }
    char digits[20];
    int count = 0;
    for (const char* at = first; at < e; ++at) {
      if (*at != '.') digits[count++] = *at;
    }
    int exponent = 0;
    for (const char* at = e + 2; at < end; ++at) exponent = exponent * 10 + (*at - '0');
    if (e[1] == '-') exponent = -exponent;

    char* const out = arena.allocate(32);
    char* to = out;
    const auto put = [&](const char* from, int size) {
      for (int i = 0; i < size; ++i) *to++ = from[i];
    };
    const auto zeros = [&](int size) {
      for (int i = 0; i < size; ++i) *to++ = '0';
    };
    if (negative) *to++ = '-';
    if (exponent < -4 || exponent >= 16) {
      put(digits, 1);
      if (count > 1) *to++ = '.';
      put(digits + 1, count - 1);
      put(e, static_cast<int>(end - e));
    } else if (exponent < 0) {
      put("0.", 2);
      zeros(-exponent - 1);
      put(digits, count);
    } else if (count <= exponent + 1) {
      put(digits, count);
      zeros(exponent + 1 - count);
      put(".0", 2);
    } else {
      put(digits, exponent + 1);
      *to++ = '.';
      put(digits + exponent + 1, count - exponent - 1);
    }
    return Text(out, static_cast<size_t>(to - out));
  }
};

struct FromTimestamp {
  static Nullable<Text> eval(Arena& arena, Timestamp x) {
    const int64_t t = x.microseconds;
    const calendar::Date date = calendar::date_from_days(calendar::days(t));
    if (date.year < 0 || date.year > 9999) return null;
    char* const out = arena.allocate(27);
    __builtin_memcpy(out, "0000-00-00T00:00:00", 19);
    calendar::put_digits(out, static_cast<uint32_t>(date.year), 4);
    calendar::put_digits(out + 5, date.month, 2);
    calendar::put_digits(out + 8, date.day, 2);
    calendar::put_digits(out + 11, calendar::hour_of_day(t), 2);
    calendar::put_digits(out + 14, calendar::minute_of_day(t) % 60, 2);
    calendar::put_digits(out + 17, calendar::second_of_day(t) % 60, 2);
    size_t size = 19;
    const auto fraction = static_cast<uint32_t>(calendar::microsecond_of_day(t) % calendar::kSecond);
    if (fraction != 0) {
      out[size++] = '.';
      const bool milliseconds = fraction % 1000 == 0;
      calendar::put_digits(out + size, milliseconds ? fraction / 1000 : fraction, milliseconds ? 3 : 6);
      size += milliseconds ? 3 : 6;
    }
    out[size++] = 'Z';
    return Text(out, size);
  }
};

struct FromDuration {
  static Text eval(Arena& arena, Duration x) {
    if (x.microseconds == 0) return "0s";
    struct Unit {
      uint64_t microseconds;
      Text name;
    };
    constexpr Unit kUnits[] = {{86'400'000'000, "d"}, {3'600'000'000, "h"}, {60'000'000, "m"},
                               {1'000'000, "s"},      {1'000, "ms"},        {1, "us"}};
    constexpr size_t kSize = 40;  // -106751991d23h59m59s999ms999us
    char* const out = arena.allocate(kSize);
    char* to = out;
    const auto value = static_cast<uint64_t>(x.microseconds);
    uint64_t left = x.microseconds < 0 ? 0 - value : value;
    if (x.microseconds < 0) *to++ = '-';
    for (const Unit& unit : kUnits) {
      const uint64_t count = left / unit.microseconds;
      left %= unit.microseconds;
      if (count == 0) continue;
      to = std::to_chars(to, out + kSize, count).ptr;
      for (const char c : unit.name) *to++ = c;
    }
    return {out, static_cast<size_t>(to - out)};
  }
};

constexpr Operator kOperator = {
    .name = "to_string",
    .summary = "Write a value as text",
    .detail =
        "A float is written with the fewest digits that give the same float back, laid out as Python "
        "does: with a point, and with an exponent below 1e-4 and from 1e16 on. A timestamp is written "
        "as RFC 3339 in UTC, with milliseconds or microseconds where it has some. A duration is "
        "written as in the language. Use `format_time` for another form or another time zone.",
    .parameters = {{"x", "the value"}},
    .overloads = {overload<"(x: int) -> string", FromInt>(), overload<"(x: float) -> string", FromFloat>(),
                  overload<"(x: bool) -> string", FromBool>(), overload<"(x: timestamp) -> string", FromTimestamp>(),
                  overload<"(x: duration) -> string", FromDuration>()},
    .edges = {{"-0.0", "`\"0.0\"`, since it is the same number"},
              {"a timestamp outside the years 0 to 9999", "null: RFC 3339 cannot say it"},
              {"a duration of zero", "`\"0s\"`"}},
    .examples = {{"to_string(42)", "\"42\""},
                 {"to_string(0.1)", "\"0.1\""},
                 {"to_string(1e16)", "\"1e+16\""},
                 {"to_string(true)", "\"true\""},
                 {"to_string(t\"2026-01-31T12:00:00Z\")", "\"2026-01-31T12:00:00Z\""},
                 {"to_string(36h)", "\"1d12h\""}},
    .cost = {.per_row = 25.0},
    .aliases = "str string cast_string to_char itoa format as_string text",
    .see_also = "parse_int parse_float parse_timestamp format_time",
    .source = "std::to_chars; the layout of floats is that of Python's repr",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
