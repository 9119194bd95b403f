// regex_extract(s, pattern, group): what a pattern matches in a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct RegexExtract {
  static constexpr bool kRepeats = true;
  using State = SearchedGroup;
  static std::optional<State> bind(Text pattern, int64_t group, BindError& error) {
    return SearchedGroup::bind(pattern, group, error);
  }
  static Nullable<Text> eval(const State& state, Text s) {
    if (!text::contains_any(s, state.pattern.literals)) return null;
    const RE2& expression = *state.pattern.expression;
    re2::StringPiece groups[SearchedGroup::kMost + 1];
    if (!expression.Match(to_piece(s), 0, s.size(), RE2::UNANCHORED, groups, state.group + 1)) return null;
    const re2::StringPiece& found = groups[state.group];
    if (found.data() == nullptr) return null;
    return Text(found.data(), found.size());
  }
};

constexpr Operator kOperator = {
    .name = "regex_extract",
    .summary = "Take the first match of a pattern out of a text",
    .detail =
        "The leftmost match counts; alternatives are tried in their order. The result is a view of "
        "the text. The pattern is compiled once, when the package is loaded. A group is found fastest, and "
        "without memory from the heap, by a pattern that can read a text in one way only: "
        "`[0-9]+(?:\\.[0-9]*)?` rather than `[0-9]+\\.?[0-9]*`.",
    .parameters = {{"s", "the text"},
                   {"pattern", "the regular expression, in the syntax of RE2"},
                   {"group", "the number of the group to take; 0 is the whole match"}},
    .overloads =
        {overload<"(s: string, pattern: const string, group: const int[0..63] = 0) -> string?", RegexExtract>()},
    .edges = {{"the pattern does not match", "null, where Spark gives an empty text"},
              {"the group took no part in the match", "null"},
              {"the pattern has no such group", "an error when the program is compiled"},
              {"the match is empty", "an empty text"},
              {"look-around and back-references",
               "are errors when the program is compiled: RE2 has neither, unlike Java's and Python's engines"},
              {"`\\s`, `\\d`, `\\w`, `\\b`", "know ASCII only; `\\pL`, `\\pN` are Unicode's letters and numbers"}},
    .examples = {{"regex_extract(\"iPhone 15 Pro\", \"[0-9]+\")", "\"15\""},
                 {"regex_extract(\"size: 42 EU\", \"size: ([0-9]+)\", 1)", "\"42\""},
                 {"regex_extract(\"iPhone\", \"[0-9]+\")", "null"}},
    .cost = {.per_row = 120.0, .per_element = 1.0},
    .aliases = "regexp_extract regexp_substr extract regexpExtract re_search",
    .see_also = "regex_match regex_replace",
    .source = "https://github.com/google/re2/wiki/Syntax",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
