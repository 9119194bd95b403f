// parse_int(s): the integer that a text spells.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseInt {
  static Nullable<int64_t> eval(Text s) {
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
};

constexpr Operator kOperator = {
    .name = "parse_int",
    .summary = "Read an integer",
    .detail =
        "The whole text must be the number: no white space, no separators, no fraction, no exponent, "
        "no other base, ASCII digits only. `trim` first where there may be spaces.",
    .parameters = {{"s", "decimal digits, with `+` or `-` in front or without"}},
    .overloads = {overload<"(s: string) -> int?", ParseInt>()},
    .edges = {{"the text is not an integer, or empty", "null"},
              {"the number does not fit 64 bits", "null"},
              {"leading zeros", "are allowed"}},
    .examples = {{"parse_int(\"-42\")", "-42"},
                 {"parse_int(\"007\")", "7"},
                 {"parse_int(\"1.5\")", "null"},
                 {"parse_int(\" 1\")", "null"}},
    .cost = {.per_row = 5.0, .per_element = 0.7},
    .aliases = "to_int atoi int cast_int stoi str_to_int toInt64",
    .see_also = "parse_float to_string trim",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
