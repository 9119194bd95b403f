// parse_float(s): the number that a text spells.
#include "feature_extractor/operator.h"

#include <charconv>

namespace feature_extractor {
namespace {

struct ParseFloat {
  static Nullable<double> eval(Text s) {
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
    if (result.ec == std::errc::result_out_of_range) return out_of_range(s);
    if (result.ec != std::errc()) return null;
    return value;
  }

 private:
  static bool is_digit(char c) { return static_cast<uint8_t>(c - '0') <= 9; }
  // A number too large is null, one too small is zero. The place of its first digit that is not zero tells which.
  static Nullable<double> out_of_range(Text s) {
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
};

constexpr Operator kOperator = {
    .name = "parse_float",
    .summary = "Read a number",
    .detail =
        "The result is the double that is nearest to the number, ties to even, whatever the number of "
        "digits. The whole text must be the number: an optional sign, digits with or without a point, "
        "an optional exponent; the point is always `.`, and no white space is skipped.",
    .parameters = {{"s", "a decimal number, such as `1`, `-2.5`, `.5` or `1e-3`"}},
    .overloads = {overload<"(s: string) -> float?", ParseFloat>()},
    .edges = {{"the text is not a number, or empty", "null"},
              {"`inf`, `infinity`, `nan`, hexadecimal numbers", "null"},
              {"the number is too large for a double", "null"},
              {"the number is too small for a double", "0.0"}},
    .examples = {{"parse_float(\"2.5\")", "2.5"},
                 {"parse_float(\"1e-3\")", "0.001"},
                 {"parse_float(\"abc\")", "null"},
                 {"parse_float(\"inf\")", "null"}},
    .cost = {.per_row = 20.0, .per_element = 0.5},
    .aliases = "to_float to_double atof float cast_float strtod stod toFloat64",
    .see_also = "parse_int to_string trim",
    .source = "std::from_chars; checked with the parse-number-fxx test data",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
