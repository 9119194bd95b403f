// regex_count(s, pattern): how often a pattern matches in a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/regex_matches.h"
#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct RegexCount {
  static constexpr bool kRepeats = true;
  using State = SearchedPattern;
  static std::optional<State> bind(Text pattern, BindError& error) { return SearchedPattern::bind(pattern, error); }
  static int64_t eval(const State& state, Text s) {
    if (!text::contains_any(s, state.literals)) return 0;
    int64_t count = 0;
    re2::StringPiece whole;
    for_each_match(*state.expression, s, &whole, 1, [&] { ++count; });
    return count;
  }
};

constexpr Operator kOperator = {
    .name = "regex_count",
    .summary = "Count the matches of a pattern in a text",
    .detail = "The number of elements of `regex_extract_all`.",
    .parameters = {{"s", "the text"}, {"pattern", "the regular expression, in the syntax of RE2"}},
    .overloads = {overload<"(s: string, pattern: const string) -> int", RegexCount>()},
    .edges = {{"the pattern does not match", "0"},
              {"matches that would overlap", "only the first of them counts"},
              {"a match is empty", "it counts, unless the match before it ended there"},
              {"the pattern is not a regular expression", "an error when the program is compiled"}},
    .examples = {{"regex_count(\"12 GB, 256 GB\", \"[0-9]+\")", "2"}, {"regex_count(\"aaa\", \"aa\")", "1"}},
    .cost = {.per_row = 120.0, .per_element = 2.0},
    .aliases = "regexp_count countMatches regexp_count_substring",
    .see_also = "regex_extract_all count_substring regex_match",
    .source = "https://github.com/google/re2/wiki/Syntax",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
