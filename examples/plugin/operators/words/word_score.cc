// word_score(words, scored, scores): the sum of the scores of a list's words.
//
// An operator with constants: bind is called once, when a package is loaded, and makes of them a State that all threads read. What is
// wrong with the constants is told there, so that a mistake never gets into production.
#include "feature_extractor/operator.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace feature_extractor {
namespace {

struct WordScore {
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct State {
    std::unordered_map<std::string, double, Hash, std::equal_to<>> scores;
  };

  static std::optional<State> bind(List<Text> scored, List<double> scores, BindError& error) {
    if (scored.size() != scores.size()) {
      error.set("There must be one score for each scored word.");
      return std::nullopt;
    }
    State state;
    for (uint32_t i = 0; i < scored.size(); ++i) {
      if (scored.is_null(i) || scores.is_null(i)) {
        error.set("A scored word or a score is null.");
        return std::nullopt;
      }
      if (!state.scores.emplace(scored[i], scores[i]).second) {
        error.set("A word is scored twice.");
        return std::nullopt;
      }
    }
    return state;
  }

  // In the order of the list, so that the sum has the same bits everywhere.
  static double eval(const State& state, List<Text> words) {
    double sum = 0.0;
    for (uint32_t i = 0; i < words.size(); ++i) {
      if (words.is_null(i)) continue;
      const auto found = state.scores.find(words[i]);
      if (found != state.scores.end()) sum += found->second;
    }
    return sum;
  }
};

constexpr Operator kOperator = {
    .name = "word_score",
    .summary = "Add up the scores of the words of a list",
    .detail = "A word that has no score counts 0; a word that comes twice counts twice. Null words are skipped.",
    .parameters = {{"words", "the words, such as those of a tokenised title"},
                   {"scored", "the words that have a score, each once"},
                   {"scores", "their scores, in the same order"}},
    .overloads = {overload<"(words: list<string>, scored: const list<string>, scores: const list<float>) -> float",
                           WordScore>()},
    .edges = {{"no words", "0"}, {"a different number of words and scores", "an error of the program"}},
    .examples = {{"shop.word_score([\"new\", \"red\", \"shoes\"], [\"new\", \"sale\"], [0.5, 2.0])", "0.5"}},
    .cost = {.per_row = 10.0, .per_element = 20.0},
    .see_also = "is_valid_gtin",
    .since = "1.0.0",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
