// character_ngrams(s, n): every run of n code points.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct CharacterNgrams {
  static constexpr int64_t kMaximum = 16;
  struct State {
    size_t n;
  };
  static Nullable<State> bind(int64_t n, BindError& error) {
    if (n < 1 || n > kMaximum) {
      error.set("The length of character n-grams must be from 1 to 16.");
      return null;
    }
    return State{static_cast<size_t>(n)};
  }
  static void eval(const State& state, Text s, ListBuilder<Text>& ngrams) {
    const size_t n = state.n;
    if (s.size() < n) return;
    if (text::is_ascii(s)) {
      const size_t count = s.size() - n + 1;
      ngrams.reserve(static_cast<uint32_t>(count));
      for (size_t i = 0; i < count; ++i) ngrams.push_back(Text(s.data() + i, n));
      return;
    }
    // Where the last n code points start, in a ring.
    const char* starts[kMaximum];
    const char* const end = s.data() + s.size();
    size_t count = 0;
    for (const char* at = s.data(); at < end; ++count) {
      starts[count % kMaximum] = at;
      at += text::decode(at, end).size;
      if (count + 1 >= n) {
        const char* first = starts[(count + 1 - n) % kMaximum];
        ngrams.push_back(Text(first, static_cast<size_t>(at - first)));
      }
    }
  }
};

constexpr Operator kOperator = {
    .name = "character_ngrams",
    .summary = "List every run of n consecutive code points of a text",
    .detail =
        "The runs overlap, keep the order of the text and may repeat; they are views of the text. "
        "White space and punctuation count like any other code point.",
    .parameters = {{"s", "the text"}, {"n", "the length of each run, in code points"}},
    .overloads = {overload<"(s: string, n: const int[1..16]) -> list<string>", CharacterNgrams>()},
    .edges = {{"the text has fewer than `n` code points", "an empty list"},
              {"combining marks", "are code points of their own"}},
    .examples = {{"character_ngrams(\"hello\", 3)", "[\"hel\", \"ell\", \"llo\"]"},
                 {"character_ngrams(\"日本語\", 2)", "[\"日本\", \"本語\"]"},
                 {"character_ngrams(\"ab\", 3)", "[]"}},
    .cost = {.per_row = 6.0, .per_element = 1.5},
    .aliases = "char_ngrams ngram shingles trigrams ngramSplitUTF8",
    .see_also = "characters ngrams tokenize",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
