// like(s, pattern, ignore_case): whether a text has the form of an SQL pattern.
#include "feature_extractor/operator.h"
#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Like {
  static constexpr bool kRepeats = true;
  using State = SearchedPattern;
  static std::optional<State> bind(Text pattern, bool ignore_case, BindError& error) {
    std::string expression = ignore_case ? "(?is)" : "(?s)";
    std::string run;  // The literal text since the last wildcard; the longest one must be there.
    std::string longest;
    const auto end_run = [&] {
      expression += RE2::QuoteMeta(run);
      if (run.size() > longest.size()) longest = run;
      run.clear();
    };
    for (size_t i = 0; i < pattern.size(); ++i) {
      const char c = pattern[i];
      if (c == '%' || c == '_') {
        end_run();
        expression += c == '%' ? ".*" : ".";
      } else if (c != '\\') {
        run.push_back(c);
      } else if (++i < pattern.size() && (pattern[i] == '%' || pattern[i] == '_' || pattern[i] == '\\')) {
        run.push_back(pattern[i]);
      } else {
        error.set("In a pattern of `like`, a backslash stands in front of `%`, `_` or another backslash.");
        return std::nullopt;
      }
    }
    end_run();
    State state{compile_pattern(expression, error), {}};
    if (state.expression == nullptr) return std::nullopt;
    if (!ignore_case && !longest.empty()) state.literals.push_back(longest);
    return state;
  }
  static bool eval(const State& state, Text s) {
    if (!text::contains_any(s, state.literals)) return false;
    return state.expression->Match(to_piece(s), 0, s.size(), RE2::ANCHOR_BOTH, nullptr, 0);
  }
};

constexpr Operator kOperator = {
    .name = "like",
    .summary = "Tell whether a text has the form of an SQL pattern",
    .detail =
        "`%` stands for any text, `_` for one code point; `\\%`, `\\_` and `\\\\` for the characters themselves. The "
        "pattern must cover the whole text. It is compiled once, when the package is loaded.",
    .parameters = {{"s", "the text"},
                   {"pattern", "the pattern"},
                   {"ignore_case", "whether upper and lower case are the same, as for SQL's ILIKE"}},
    .overloads = {overload<"(s: string, pattern: const string, ignore_case: const bool = false) -> bool", Like>()},
    .edges = {{"the pattern is empty", "true for the empty text only"},
              {"a line break", "is a character like any other"},
              {"a backslash in front of another character, or at the end", "an error when the program is compiled"},
              {"case that is ignored", "Unicode's simple case folding: `ß` is not `ss`"}},
    .examples = {{"like(\"running shoes\", \"%shoe%\")", "true"},
                 {"like(\"A-17\", \"_-__\")", "true"},
                 {"like(\"SALE\", \"sale%\")", "false"},
                 {"like(\"SALE now\", \"sale%\", ignore_case = true)", "true"}},
    .cost = {.per_row = 60.0, .per_element = 1.0},
    .aliases = "ilike sql_like like_match wildcard_match notLike",
    .see_also = "regex_match contains starts_with ends_with",
    .source = "ISO/IEC 9075-2 (SQL), the predicate LIKE with the escape character `\\`",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
