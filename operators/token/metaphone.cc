// metaphone(name): a code of how an English word sounds.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

// Reads a word of lower-case letters, and writes the codes of its sounds.
class Coder {
 public:
  Coder(const char* letters, size_t size, char* out) : letters_(letters), size_(size), out_(out) {}

  size_t run() {
    // Where two letters at the beginning sound like the second one.
    for (const Text silent : {Text("kn"), Text("gn"), Text("pn"), Text("ae"), Text("wr")}) {
      if (Text(letters_, size_).starts_with(silent)) at_ = start_ = 1;
    }
    for (; at_ < size_; ++at_) {
      // A doubled letter counts once, except cc.
      if (at(0) == at(1) && at(0) != 'c') continue;
      code(at(0));
    }
    return written_;
  }

 private:
  // The letter that stands so far from the one that is read; a space outside of the word.
  char at(int64_t distance) const {
    const auto place = static_cast<int64_t>(at_) + distance;
    return place < static_cast<int64_t>(start_) || place >= static_cast<int64_t>(size_)
               ? ' '
               : letters_[static_cast<size_t>(place)];
  }
  static bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }
  static bool is_front_vowel(char c) { return c == 'e' || c == 'i' || c == 'y'; }
  bool is_first() const { return at_ == start_; }
  // Whether -ia- or -io- follows the letter.
  bool has_ia_or_io() const { return at(1) == 'i' && (at(2) == 'a' || at(2) == 'o'); }
  void put(char sound) { out_[written_++] = sound; }
  void put(char sound, size_t more_letters) {
    put(sound);
    at_ += more_letters;
  }

  void code(char c) {
    switch (c) {
      case 'a':
      case 'e':
      case 'i':
      case 'o':
      case 'u':
        if (is_first()) put(static_cast<char>(c - 0x20));
        return;
      case 'b':  // Silent at the end behind m.
        if (at(-1) != 'm' || at(1) != ' ') put('B');
        return;
      case 'c':
        if (at(1) == 'h' || (at(1) == 'i' && at(2) == 'a')) return put('X', 1);
        return is_front_vowel(at(1)) ? put('S', 1) : put('K');
      case 'd':
        return at(1) == 'g' && is_front_vowel(at(2)) ? put('J', 2) : put('T');
      case 'g':
        if (is_front_vowel(at(1))) return put('J');
        if (at(1) == 'n' && at(2) == ' ') return;                // As in sign.
        if (at(1) == 'h' && at(2) != ' ' && !is_vowel(at(2))) {  // As in night.
          ++at_;
          return;
        }
        return put('K');
      case 'h':  // Heard in front of a vowel, at the beginning, and behind a consonant.
        if (is_first() || is_vowel(at(1)) || !is_vowel(at(-1))) put('H');
        return;
      case 'k':
        if (is_first() || at(-1) != 'c') put('K');
        return;
      case 'p':
        return at(1) == 'h' ? put('F', 1) : put('P');
      case 'q':
        return put('K');
      case 's':
        if (at(1) == 'h') return put('X', 1);
        return has_ia_or_io() ? put('X', 2) : put('S');
      case 't':
        if (has_ia_or_io()) return put('X');
        if (at(1) == 'h') return put('0', 1);
        if (at(1) != 'c' || at(2) != 'h') put('T');
        return;
      case 'v':
        return put('F');
      case 'w':
        if (is_first() && at(1) == 'h') return put('W', 1);
        if (is_vowel(at(1))) put('W');
        return;
      case 'x':
        if (is_first()) return put(at(1) == 'h' || has_ia_or_io() ? 'X' : 'S');
        put('K');
        return put('S');
      case 'y':
        if (is_vowel(at(1))) put('Y');
        return;
      case 'z':
        return put('S');
      default:  // f, j, l, m, n and r stand for themselves.
        return put(static_cast<char>(c - 0x20));
    }
  }

  const char* const letters_;
  const size_t size_;
  char* const out_;
  size_t start_ = 0;
  size_t at_ = 0;
  size_t written_ = 0;
};

struct Metaphone {
  static Text eval(Arena& arena, Text name) {
    // No letter has more than two codes.
    char* const out = arena.allocate(2 * name.size() + 1);
    Arena::Scope scope(arena);
    char* const letters = arena.allocate(name.size() + 1);
    size_t size = 0;
    for (const char c : name) {
      const auto letter = static_cast<uint8_t>((c | 0x20) - 'a');
      if (letter < 26) letters[size++] = static_cast<char>('a' + letter);
    }
    return {out, Coder(letters, size, out).run()};
  }
};

constexpr Operator kOperator = {
    .name = "metaphone",
    .summary = "Code how an English word sounds in letters",
    .detail =
        "The first Metaphone: vowels are left out except at the beginning, `0` stands for `th` and `X` for `sh`, and "
        "letters that are not heard, such as the `k` of `knight`, are left out. The code has any length.",
    .parameters = {{"name", "one name or word"}},
    .overloads = {overload<"(name: string) -> string", Metaphone>()},
    .edges = {{"a character is not one of A to Z and a to z", "it is left out; `strip_accents` first keeps `é` as `e`"},
              {"there is no letter, or the text is empty", "an empty text"},
              {"upper and lower case", "do not count"},
              {"several words", "are read as one; take `tokenize` and `map` first"}},
    .examples = {{"metaphone(\"Thompson\")", "\"0MPSN\""},
                 {"metaphone(\"knight\")", "\"NT\""},
                 {"metaphone(\"shell\")", "\"XL\""}},
    .cost = {.per_row = 20.0, .per_element = 2.5},
    .aliases = "double_metaphone sounds_like phonetic",
    .see_also = "soundex strip_accents",
    .source = "L. Philips, Hanging on the Metaphone, Computer Language 7(12), 1990",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
