// skip_grams(xs, maximum_skip, separator): pairs of tokens that stand near each other.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

#include <optional>
#include <string>

namespace feature_extractor {
namespace {

struct SkipGrams {
  static constexpr int64_t kMaximum = 16;
  struct State {
    uint32_t maximum_skip;
    std::string separator;
  };
  static std::optional<State> bind(int64_t maximum_skip, Text separator, BindError& error) {
    if (maximum_skip >= 0 && maximum_skip <= kMaximum) {
      return State{static_cast<uint32_t>(maximum_skip), std::string(separator)};
    }
    error.set("At most 16 tokens can be skipped.");
    return std::nullopt;
  }
  static void eval(Arena& arena, const State& state, List<Text> xs, ListBuilder<Text>& pairs) {
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      uint32_t seen = 0;
      for (uint32_t k = i + 1; k < xs.size() && seen <= state.maximum_skip; ++k) {
        if (xs.is_null(k)) continue;
        ++seen;
        const size_t size = xs[i].size() + state.separator.size() + xs[k].size();
        char* const out = arena.allocate(size);
        text::copy(xs[i], out);
        text::copy(state.separator, out + xs[i].size());
        text::copy(xs[k], out + xs[i].size() + state.separator.size());
        pairs.push_back(Text(out, size));
      }
    }
  }
};

constexpr Operator kOperator = {
    .name = "skip_grams",
    .summary = "List the pairs of tokens with at most so many tokens between them",
    .detail =
        "Ordered by the first token, then by the second; a pair keeps the order of the tokens. With `maximum_skip` 0 "
        "these are the 2-grams of `ngrams(xs, 2, 2)`. Null tokens are left out before pairs are made.",
    .parameters = {{"xs", "the tokens"},
                   {"maximum_skip", "how many tokens may stand between the two"},
                   {"separator", "what is written between the two"}},
    .overloads = {overload<"(xs: list<string>, maximum_skip: const int[0..16] = 1, separator: const string = \" \") -> "
                           "list<string>",
                           SkipGrams>()},
    .edges = {{"there are fewer than two tokens", "an empty list"}, {"pairs are equal", "all of them stay"}},
    .examples = {{"skip_grams([\"red\", \"running\", \"shoes\"])",
                  "[\"red running\", \"red shoes\", \"running shoes\"]"},
                 {"skip_grams([\"a\", \"b\", \"c\"], 0, \"_\")", "[\"a_b\", \"b_c\"]"}},
    .cost = {.per_row = 10.0, .per_element = 12.0},
    .aliases = "skipgrams skip_bigrams kskipngrams word_pairs cooccurrences",
    .see_also = "ngrams tokenize cross",
    .source = "D. Guthrie et al., A closer look at skip-gram modelling, LREC 2006",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
