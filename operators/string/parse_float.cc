// parse_float(s): the number that a text spells.
#include "feature_extractor/number_text.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseFloat {
  static Nullable<double> eval(Text s) { return read_float(s); }
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
