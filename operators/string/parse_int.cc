// parse_int(s): the integer that a text spells.
#include "feature_extractor/number_text.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseInt {
  static Nullable<int64_t> eval(Text s) { return read_int(s); }
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
