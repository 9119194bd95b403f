// regex_split(s, pattern): the parts of a text between matches.
#include "feature_extractor/operator.h"
#include "feature_extractor/regex_matches.h"
#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct RegexSplit {
  struct State {
    std::unique_ptr<RE2> expression;
  };
  static std::optional<State> bind(Text pattern, BindError& error) {
    State state{compile_pattern(pattern, error)};
    if (state.expression == nullptr) return std::nullopt;
    return state;
  }
  static void eval(const State& state, Text s, ListBuilder<Text>& parts) {
    size_t begin = 0;
    re2::StringPiece whole;
    const char* const start = to_piece(s).data();
    for_each_match(*state.expression, s, &whole, 1, [&] {
      if (whole.empty()) return;
      const auto at = static_cast<size_t>(whole.data() - start);
      parts.push_back(s.substr(begin, at - begin));
      begin = at + whole.size();
    });
    parts.push_back(s.substr(begin));
  }
};

constexpr Operator kOperator = {
    .name = "regex_split",
    .summary = "Cut a text at every match of a pattern",
    .detail =
        "There is one part more than there are matches. The parts are views of the text. The pattern is compiled once, "
        "when the package is loaded.",
    .parameters = {{"s", "the text"}, {"pattern", "the regular expression to cut at, in the syntax of RE2"}},
    .overloads = {overload<"(s: string, pattern: const string) -> list<string>", RegexSplit>()},
    .edges = {{"the pattern does not match", "the whole text"},
              {"the text starts or ends with a match, or two follow each other", "empty parts"},
              {"a match is empty", "nothing is cut there"},
              {"the pattern has groups", "they are no parts, unlike in Python"},
              {"the text is empty", "one empty part"},
              {"the pattern is not a regular expression", "an error when the program is compiled"}},
    .examples = {{"regex_split(\"red, blue;green\", \"[,;] *\")", "[\"red\", \"blue\", \"green\"]"},
                 {"regex_split(\"a1b22\", \"[0-9]+\")", "[\"a\", \"b\", \"\"]"}},
    .cost = {.per_row = 120.0, .per_element = 2.0},
    .aliases = "regexp_split splitByRegexp regexp_split_to_array re_split regexp_string_split",
    .see_also = "split regex_extract_all tokenize",
    .source = "https://github.com/google/re2/wiki/Syntax",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
