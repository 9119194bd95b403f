// tokenize_cjk_bigrams(s): words, and pairs of characters where words are not separated.
#include "feature_extractor/operator.h"
#include "feature_extractor/word_character.h"

namespace feature_extractor {
namespace {

// Chinese, Japanese and Korean letters, by the blocks of the scripts Han, Hiragana, Katakana and Hangul.
bool is_cjk(char32_t c) {
  if (c < 0x1100) return false;
  const auto between = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return between(0x1100, 0x11FF) || between(0x3005, 0x3007) || between(0x3021, 0x30FF) || between(0x3130, 0x318F) ||
         between(0x31F0, 0x31FF) || between(0x3400, 0x4DBF) || between(0x4E00, 0x9FFF) || between(0xA960, 0xA97F) ||
         between(0xAC00, 0xD7FF) || between(0xF900, 0xFAFF) || between(0xFF66, 0xFFDC) || between(0x1AFF0, 0x1B16F) ||
         between(0x20000, 0x3FFFF);
}

struct TokenizeCjkBigrams {
  static void eval(Text s, ListBuilder<Text>& tokens) {
    text::for_each_run<WordCharacter>(s, [&](Text run) {
      const char* const end = run.data() + run.size();
      const auto push = [&](const char* begin, const char* behind) {
        tokens.push_back(Text(begin, static_cast<size_t>(behind - begin)));
      };
      const char* word = run.data();  // Where letters of other scripts began.
      const char* before = nullptr;   // The letter before this one, if both are of these scripts.
      bool is_paired = false;         // Whether that letter is in a pair already.
      const char* at = run.data();
      while (at < end) {
        const text::Decoded next = text::decode(at, end);
        if (is_cjk(next.code_point)) {
          if (word != nullptr && word < at) push(word, at);
          word = nullptr;
          if (before != nullptr) push(before, at + next.size);
          is_paired = before != nullptr;
          before = at;
        } else {
          if (before != nullptr && !is_paired) push(before, at);
          if (word == nullptr) word = at;
          before = nullptr;
        }
        at += next.size;
      }
      if (before != nullptr && !is_paired) push(before, end);
      if (word != nullptr && word < end) push(word, end);
    });
  }
};

constexpr Operator kOperator = {
    .name = "tokenize_cjk_bigrams",
    .summary = "Cut a text into words, and Chinese, Japanese and Korean runs into pairs of characters",
    .detail =
        "Words are found as `tokenize` does. Within them, each run of letters of the scripts Han, Hiragana, Katakana "
        "and Hangul gives its overlapping pairs; a letter that stands alone gives itself. The tokens are views of the "
        "text.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> list<string>", TokenizeCjkBigrams>()},
    .edges = {{"there is no word, or the text is empty", "an empty list"},
              {"words of other scripts, and numbers", "are one token each, also beside such letters"},
              {"combining marks", "count as letters of their own"},
              {"half-width Katakana", "pairs too; `normalize(s, \"NFKC\")` first makes it full-width"}},
    .examples = {{"tokenize_cjk_bigrams(\"東京都 hotel\")", "[\"東京\", \"京都\", \"hotel\"]"},
                 {"tokenize_cjk_bigrams(\"新iPhone手机\")", "[\"新\", \"iPhone\", \"手机\"]"},
                 {"tokenize_cjk_bigrams(\"red shoes\")", "[\"red\", \"shoes\"]"}},
    .cost = {.per_row = 12.0, .per_element = 1.5},
    .aliases = "cjk_analyzer CJKBigramFilter tokenize_cjk tokenize_cn bigrams",
    .see_also = "tokenize character_ngrams normalize",
    .source = "the tokens of Lucene's CJKAnalyzer before its stop words; blocks of Unicode 15.0",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
