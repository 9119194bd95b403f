// ngrams(xs, minimum, maximum, separator): runs of consecutive tokens, joined.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

#include <optional>
#include <string>

namespace feature_extractor {
namespace {

struct Ngrams {
  static constexpr int64_t kMaximum = 8;
  struct State {
    uint32_t minimum;
    uint32_t maximum;
    std::string separator;
  };
  static std::optional<State> bind(int64_t minimum, int64_t maximum, Text separator, BindError& error) {
    if (minimum < 1 || maximum > kMaximum || minimum > maximum) {
      error.set("The shortest n-gram has at least 1 token, the longest at most 8, and the shortest is not longer.");
      return std::nullopt;
    }
    return State{static_cast<uint32_t>(minimum), static_cast<uint32_t>(maximum), std::string(separator)};
  }
  // The tokens are written once, with separators; every n-gram is a view of that text.
  static void eval(Arena& arena, const State& state, List<Text> xs, ListBuilder<Text>& ngrams) {
    const Text* values = xs.data();
    const uint8_t* valid = xs.valid();
    const Text separator = state.separator;
    uint32_t count = 0;
    size_t size = 0;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (valid != nullptr && valid[i] == 0) continue;
      ++count;
      size += values[i].size() + separator.size();
    }
    if (count < state.minimum) return;
    char* const joined = arena.allocate(size);
    size_t* const begins = arena.allocate_array<size_t>(count + 1);
    size_t at = 0;
    for (uint32_t i = 0, k = 0; i < xs.size(); ++i) {
      if (valid != nullptr && valid[i] == 0) continue;
      begins[k++] = at;
      text::copy(values[i], joined + at);
      at += values[i].size();
      text::copy(separator, joined + at);
      at += separator.size();
    }
    begins[count] = at;
    ngrams.reserve(count * (state.maximum - state.minimum + 1));
    for (uint32_t i = 0; i < count; ++i) {
      for (uint32_t n = state.minimum; n <= state.maximum && i + n <= count; ++n) {
        ngrams.push_back(Text(joined + begins[i], begins[i + n] - separator.size() - begins[i]));
      }
    }
  }
};

constexpr Operator kOperator = {
    .name = "ngrams",
    .summary = "List the runs of consecutive tokens, each joined to one text",
    .detail =
        "Ordered by where a run starts, shorter ones first, as in TensorFlow Transform; repeated ones "
        "stay. Null tokens are left out before the runs are made.",
    .parameters = {{"xs", "the tokens"},
                   {"minimum", "the least number of tokens in a run"},
                   {"maximum", "the greatest number of tokens in a run"},
                   {"separator", "what stands between the tokens of a run"}},
    .overloads = {overload<"(xs: list<string>, minimum: const int[1..8], maximum: const int[1..8], separator: const "
                           "string = \" \") -> list<string>",
                           Ngrams>()},
    .edges = {{"there are fewer than `minimum` tokens", "an empty list"},
              {"`minimum` is greater than `maximum`", "an error when the program is compiled"}},
    .examples = {{"ngrams([\"one\", \"was\", \"johnny\"], 1, 2)",
                  "[\"one\", \"one was\", \"was\", \"was johnny\", \"johnny\"]"},
                 {"ngrams([\"a\", \"b\", \"c\"], 2, 2, \"_\")", "[\"a_b\", \"b_c\"]"},
                 {"ngrams([\"a\"], 2, 3)", "[]"}},
    .cost = {.per_row = 15.0, .per_element = 6.0},
    .aliases = "word_ngrams bag_of_words shingles n_grams",
    .see_also = "character_ngrams tokenize join",
    .source = "tensorflow_transform.ngrams (order of the result)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
