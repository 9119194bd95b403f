// remove_stopwords(xs, words): the tokens that are not in a list.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

#include <optional>
#include <string>
#include <vector>

namespace feature_extractor {
namespace {

struct RemoveStopwords {
  // Open addressing, at most half full; a slot holds the number of a word, from 1.
  struct State {
    std::vector<std::string> words;
    std::vector<uint32_t> slots;

    bool contains(Text word) const {
      const size_t mask = slots.size() - 1;
      for (size_t i = table_hash(word) & mask; slots[i] != 0; i = (i + 1) & mask) {
        if (equal_values(Text(words[slots[i] - 1]), word)) return true;
      }
      return false;
    }
  };
  static std::optional<State> bind(List<Text> words, BindError&) {
    State state;
    size_t size = 8;
    while (size < 2 * size_t{words.size()} + 1) size *= 2;
    state.slots.resize(size);
    for (uint32_t i = 0; i < words.size(); ++i) {
      if (words.is_null(i) || state.contains(words[i])) continue;
      state.words.emplace_back(words[i]);
      size_t slot = table_hash(words[i]) & (size - 1);
      while (state.slots[slot] != 0) slot = (slot + 1) & (size - 1);
      state.slots[slot] = static_cast<uint32_t>(state.words.size());
    }
    return state;
  }
  static void eval(const State& state, List<Text> xs, Selection& kept) {
    kept.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i) || !state.contains(xs[i])) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "remove_stopwords",
    .summary = "Drop the tokens that are in a list of words",
    .detail =
        "Compares code points: fold the case of both first where it should not count. The order "
        "stays. The words are put into a table once, when the package is loaded.",
    .parameters = {{"xs", "the tokens"}, {"words", "the words to drop"}},
    .overloads = {overload<"(xs: list<string>, words: const list<string>) -> list<string>", RemoveStopwords>()},
    .edges = {{"the list is empty", "an empty list"},
              {"`words` is empty", "all tokens"},
              {"a token is null", "it stays; nulls among `words` are ignored"}},
    .examples = {{"remove_stopwords([\"the\", \"lord\", \"of\", \"the\", \"rings\"], [\"the\", \"of\"])",
                  "[\"lord\", \"rings\"]"}},
    .cost = {.per_row = 6.0, .per_element = 4.0},
    .aliases = "stopwords StopWordsRemover filter_stopwords drop_words",
    .see_also = "tokenize filter difference",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
