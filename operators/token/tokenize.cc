// tokenize(s): the words of a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/word_character.h"

namespace feature_extractor {
namespace {

struct Tokenize {
  static void eval(Text s, ListBuilder<Text>& tokens) {
    text::for_each_run<WordCharacter>(s, [&](Text token) { tokens.push_back(token); });
  }
};

constexpr Operator kOperator = {
    .name = "tokenize",
    .summary = "Cut a text into its words",
    .detail =
        "A word is a longest run of letters, marks and numbers (Unicode's general categories L*, M* "
        "and N*); everything else separates: white space, punctuation, symbols, the underscore. The "
        "words are views of the text, in its case; use `lower` or `fold_case` before.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> list<string>", Tokenize>()},
    .edges = {{"there is no word, or the text is empty", "an empty list"},
              {"apostrophes, hyphens and underscores", "separate"},
              {"scripts without spaces (Chinese, Japanese, Thai)",
               "a run of letters is one word; use `character_ngrams`"},
              {"combining marks", "belong to their word"}},
    .examples = {{"tokenize(\"The Matrix (1999)\")", "[\"The\", \"Matrix\", \"1999\"]"},
                 {"tokenize(\"don't stop\")", "[\"don\", \"t\", \"stop\"]"},
                 {"tokenize(\"...\")", "[]"}},
    .cost = {.per_row = 10.0, .per_element = 0.8},
    .aliases = "tokenize_words split_words word_tokenize splitByNonAlpha tokens alphaTokens",
    .see_also = "tokenize_whitespace character_ngrams ngrams lower",
    .source = "Unicode 15.0 general categories as in utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
