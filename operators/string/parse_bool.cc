// parse_bool(s): the truth value that a text spells.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseBool {
  static Nullable<bool> eval(Text s) {
    if (s.empty() || s.size() > 5) return null;
    // At most five letters fit a word; the bit of ASCII's lower case is set in each. Digits have it anyway.
    uint64_t word = 0;
    for (size_t i = 0; i < s.size(); ++i) word |= static_cast<uint64_t>(static_cast<uint8_t>(s[i]) | 0x20) << (8 * i);
    const auto is = [&](Text name) {
      uint64_t expected = 0;
      for (size_t i = 0; i < name.size(); ++i)
        expected |= static_cast<uint64_t>(static_cast<uint8_t>(name[i])) << (8 * i);
      return word == expected;
    };
    // The bit would also make digits of two control characters.
    if (s.size() == 1 && s[0] < ' ') return null;
    if (is("true") || is("t") || is("yes") || is("y") || is("1")) return true;
    if (is("false") || is("f") || is("no") || is("n") || is("0")) return false;
    return null;
  }
};

constexpr Operator kOperator = {
    .name = "parse_bool",
    .summary = "Read a truth value",
    .detail =
        "Letters may be upper or lower case. The words are those that Spark reads when it casts a "
        "string.",
    .parameters = {{"s", "`true`, `t`, `yes`, `y` or `1`; `false`, `f`, `no`, `n` or `0`"}},
    .overloads = {overload<"(s: string) -> bool?", ParseBool>()},
    .edges = {{"the text is another one, or empty", "null"}, {"white space around the word", "null"}},
    .examples = {{"parse_bool(\"TRUE\")", "true"}, {"parse_bool(\"0\")", "false"}, {"parse_bool(\"maybe\")", "null"}},
    .cost = {.per_row = 3.0},
    .aliases = "to_bool to_boolean bool cast_bool",
    .see_also = "parse_int to_string trim",
    .source = "PostgreSQL boolean input, without `on` and `off`",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
