// regex_match(s, pattern): whether a pattern matches some part of a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct RegexMatch {
  static constexpr bool kRepeats = true;
  using State = SearchedPattern;
  static std::optional<State> bind(Text pattern, BindError& error) { return SearchedPattern::bind(pattern, error); }
  static bool eval(const State& state, Text s) {
    if (!text::contains_any(s, state.literals)) return false;
    return state.expression->Match(to_piece(s), 0, s.size(), RE2::UNANCHORED, nullptr, 0);
  }
};

constexpr Operator kOperator = {
    .name = "regex_match",
    .summary = "Tell whether a pattern matches some part of a text",
    .detail =
        "Write `^` and `$` to match the whole text, and `(?i)` in front to ignore case. The pattern "
        "is compiled once, when the package is loaded.",
    .parameters = {{"s", "the text"}, {"pattern", "the regular expression, in the syntax of RE2"}},
    .overloads = {overload<"(s: string, pattern: const string) -> bool", RegexMatch>()},
    .edges = {{"the pattern is not a regular expression", "an error when the program is compiled, with RE2's reason"},
              {"the pattern is empty", "true"},
              {"look-around and back-references",
               "are errors when the program is compiled: RE2 has neither, unlike Java's and Python's engines"},
              {"`\\s`, `\\d`, `\\w`, `\\b`", "know ASCII only; `\\pL`, `\\pN` are Unicode's letters and numbers"},
              {"`.`", "stands for one code point other than a line break; `(?s)` in front takes those too"}},
    .examples = {{"regex_match(\"iPhone 15\", \"[0-9]+\")", "true"},
                 {"regex_match(\"iPhone 15\", \"^[0-9]+$\")", "false"},
                 {"regex_match(\"ABC\", \"(?i)b\")", "true"}},
    .cost = {.per_row = 60.0, .per_element = 1.0},
    .aliases = "rlike regexp_like regexp_matches regexp regexMatch re_match regexp_full_match similar_to",
    .see_also = "regex_extract regex_replace contains starts_with",
    .source = "https://github.com/google/re2/wiki/Syntax",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
