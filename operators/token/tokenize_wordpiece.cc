// tokenize_wordpiece(words, vocabulary, ...): the pieces of words that a vocabulary has.
#include "feature_extractor/operator.h"
#include "feature_extractor/resource.h"
#include "feature_extractor/text.h"

#include <optional>
#include <string>

namespace feature_extractor {
namespace {

class WordPieces {
 public:
  static std::optional<WordPieces> bind(const Vocabulary* vocabulary, Text prefix, Text unknown,
                                        int64_t most_characters, BindError& error) {
    if (most_characters >= 1 && most_characters <= kMostCharacters) {
      return WordPieces(vocabulary, prefix, unknown, static_cast<size_t>(most_characters));
    }
    error.set("The most characters of a word are from 1 to 1000.");
    return std::nullopt;
  }

  void cut(Text word, Arena& arena, ListBuilder<Text>& pieces) const {
    uint16_t sizes[kMostBytes];
    const uint32_t count = measure(word, arena, sizes);
    if (count == 0) {
      if (!word.empty()) pieces.push_back(Text(unknown_));
      return;
    }
    pieces.push_back(word.substr(0, sizes[0]));
    for (uint32_t i = 1; i < count; ++i) {
      word.remove_prefix(sizes[i - 1]);
      char* const piece = arena.allocate(prefix_.size() + sizes[i]);
      text::copy(prefix_, piece);
      text::copy(word.substr(0, sizes[i]), piece + prefix_.size());
      pieces.push_back(Text(piece, prefix_.size() + sizes[i]));
    }
  }

 private:
  static constexpr int64_t kMostCharacters = 1000;
  static constexpr size_t kMostBytes = 4 * kMostCharacters;

  WordPieces(const Vocabulary* vocabulary, Text prefix, Text unknown, size_t most_characters)
      : vocabulary_(vocabulary), prefix_(prefix), unknown_(unknown), most_characters_(most_characters) {}

  // The sizes of the pieces, each the longest that the vocabulary has; none if it does not have the word in pieces.
  uint32_t measure(Text word, Arena& arena, uint16_t* sizes) const {
    if (word.size() > kMostBytes || text::count_code_points(word) > most_characters_) return 0;
    Arena::Scope scope(arena);
    char* const spelled = arena.allocate(prefix_.size() + word.size());
    uint32_t count = 0;
    for (size_t at = 0; at < word.size();) {
      const Text rest = word.substr(at);
      const size_t front = at == 0 ? 0 : prefix_.size();
      if (at != 0) text::copy(prefix_, spelled);
      text::copy(rest, spelled + front);
      size_t size = rest.size();
      while (size > 0 && !vocabulary_->contains(Text(spelled, front + size))) {
        --size;
        while (size > 0 && text::is_continuation(rest[size])) --size;
      }
      if (size == 0) return 0;
      sizes[count++] = static_cast<uint16_t>(size);
      at += size;
    }
    return count;
  }

  const Vocabulary* vocabulary_;
  std::string prefix_;
  std::string unknown_;
  size_t most_characters_;
};

struct CutWord {
  using State = WordPieces;
  static std::optional<State> bind(const Vocabulary* vocabulary, Text prefix, Text unknown, int64_t most_characters,
                                   BindError& error) {
    return WordPieces::bind(vocabulary, prefix, unknown, most_characters, error);
  }
  static void eval(Arena& arena, const State& state, Text word, ListBuilder<Text>& pieces) {
    state.cut(word, arena, pieces);
  }
};

struct CutWords {
  using State = WordPieces;
  static std::optional<State> bind(const Vocabulary* vocabulary, Text prefix, Text unknown, int64_t most_characters,
                                   BindError& error) {
    return WordPieces::bind(vocabulary, prefix, unknown, most_characters, error);
  }
  static void eval(Arena& arena, const State& state, List<Text> words, ListBuilder<Text>& pieces) {
    for (uint32_t i = 0; i < words.size(); ++i) {
      if (!words.is_null(i)) state.cut(words[i], arena, pieces);
    }
  }
};

constexpr Operator kOperator = {
    .name = "tokenize_wordpiece",
    .summary = "Cut words into the pieces that a vocabulary has, as BERT does",
    .detail =
        "From the beginning of a word, the longest piece that is in the vocabulary is taken, again and again; pieces "
        "behind the first one are looked up, and written, with the prefix in front. `words.lookup(pieces)` gives the "
        "ids. A text is cut into words before: `lower().tokenize_whitespace()`, or with a `regex_extract_all` that "
        "keeps punctuation.",
    .parameters = {{"words", "one word, or a list of words"},
                   {"vocabulary", "the pieces, one per line"},
                   {"prefix", "what marks a piece that does not begin a word"},
                   {"unknown", "the piece for a word that the vocabulary cannot make"},
                   {"most_characters", "a word with more of them is unknown"}},
    .overloads =
        {overload<"(words: string, vocabulary: vocabulary, prefix: const string = \"##\", unknown: const string "
                  "= \"[UNK]\", most_characters: const int[1..1000] = 100) -> list<string>",
                  CutWord>(),
         overload<"(words: list<string>, vocabulary: vocabulary, prefix: const string = \"##\", unknown: const "
                  "string = \"[UNK]\", most_characters: const int[1..1000] = 100) -> list<string>",
                  CutWords>()},
    .edges = {{"a part of a word cannot be made of pieces", "the whole word is one unknown piece"},
              {"a word is empty", "it has no pieces"},
              {"an element of the list is null", "it has no pieces"},
              {"the unknown piece", "need not be in the vocabulary"},
              {"white space and punctuation", "are characters of the word like any other"}},
    .cost = {.per_row = 60.0, .per_element = 60.0},
    .aliases = "wordpiece WordpieceTokenizer bert_tokenize subword_tokenize FullTokenizer",
    .see_also = "lookup tokenize_whitespace tokenize",
    .source = "J. Devlin et al., BERT, 2018: the class WordpieceTokenizer of its published code",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
