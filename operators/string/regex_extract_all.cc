// regex_extract_all(s, pattern, group): everything that a pattern matches in a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/regex_matches.h"
#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct RegexExtractAll {
  using State = SearchedGroup;
  static std::optional<State> bind(Text pattern, int64_t group, BindError& error) {
    return SearchedGroup::bind(pattern, group, error);
  }
  static void eval(const State& state, Text s, ListBuilder<Text>& found) {
    if (!text::contains_any(s, state.pattern.literals)) return;
    re2::StringPiece groups[SearchedGroup::kMost + 1];
    for_each_match(*state.pattern.expression, s, groups, state.group + 1, [&] {
      const re2::StringPiece& group = groups[state.group];
      group.data() == nullptr ? found.push_null() : found.push_back(Text(group.data(), group.size()));
    });
  }
};

constexpr Operator kOperator = {
    .name = "regex_extract_all",
    .summary = "List the matches of a pattern in a text",
    .detail =
        "From left to right; a match starts where the one before it ended, or later. The parts are views of the "
        "text. The pattern is compiled once, when the package is loaded.",
    .parameters = {{"s", "the text"},
                   {"pattern", "the regular expression, in the syntax of RE2"},
                   {"group", "the number of the group to take; 0 is the whole match"}},
    .overloads = {overload<"(s: string, pattern: const string, group: const int[0..63] = 0) -> list<string?>",
                           RegexExtractAll>()},
    .edges = {{"the pattern does not match", "an empty list"},
              {"the group took no part in a match", "a null element"},
              {"a match is empty", "an empty text, unless the match before it ended there"},
              {"the pattern is not a regular expression, or has no such group",
               "an error when the program is compiled"},
              {"`\\s`, `\\d`, `\\w`, `\\b`", "know ASCII only; `\\pL`, `\\pN` are Unicode's letters and numbers"}},
    .examples = {{"regex_extract_all(\"12 GB, 256 GB\", \"[0-9]+\")", "[\"12\", \"256\"]"},
                 {"regex_extract_all(\"#red #blue\", \"#([a-z]+)\", 1)", "[\"red\", \"blue\"]"},
                 {"regex_extract_all(\"abc\", \"[0-9]+\")", "[]"}},
    .cost = {.per_row = 150.0, .per_element = 2.0},
    .aliases = "regexp_extract_all findall extractAll regexp_substr_all re_findall regexp_matches",
    .see_also = "regex_extract regex_count regex_split",
    .source = "https://github.com/google/re2/wiki/Syntax",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
