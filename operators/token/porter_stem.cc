// porter_stem(word): an English word without its ending.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

// A word while its endings are taken off. Offsets are signed: the stem before an ending may be empty, and ends at -1.
class Stemmer {
 public:
  Stemmer(char* letters, bool* consonants, int64_t size) : b_(letters), consonants_(consonants), k_(size - 1) {
    classify(0);
  }

  int64_t run() {
    remove_plural_and_participle();
    if (ends("y") && has_vowel()) set("i");
    replace_double_suffix();
    replace_suffix();
    remove_suffix();
    remove_last_e_and_l();
    return k_ + 1;
  }

 private:
  // Whether each letter from `from` on is a consonant: `y` is one unless it follows one.
  void classify(int64_t from) {
    for (int64_t i = from; i <= k_; ++i) {
      const char c = b_[i];
      const bool is_vowel = c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
      consonants_[i] = c == 'y' ? i == 0 || !consonants_[i - 1] : !is_vowel;
    }
  }

  // The number of sequences of vowels followed by consonants in the stem.
  int64_t measure() const {
    int64_t count = 0;
    for (int64_t i = 1; i <= j_; ++i) count += consonants_[i] && !consonants_[i - 1] ? 1 : 0;
    return count;
  }
  bool has_vowel() const {
    for (int64_t i = 0; i <= j_; ++i) {
      if (!consonants_[i]) return true;
    }
    return false;
  }
  bool has_double_consonant(int64_t at) const { return at >= 1 && b_[at] == b_[at - 1] && consonants_[at]; }
  // A consonant, a vowel and a consonant that is not w, x or y end at this letter, as in hop- and fil-.
  bool is_short(int64_t at) const {
    if (at < 2 || !consonants_[at] || consonants_[at - 1] || !consonants_[at - 2]) return false;
    return b_[at] != 'w' && b_[at] != 'x' && b_[at] != 'y';
  }

  // Whether the word ends so; the stem is then what stands before.
  bool ends(Text suffix) {
    const auto size = static_cast<int64_t>(suffix.size());
    if (size > k_ + 1 || Text(b_ + k_ + 1 - size, suffix.size()) != suffix) return false;
    j_ = k_ - size;
    return true;
  }
  // Puts an ending behind the stem. It is never longer than what was there.
  void set(Text suffix) {
    for (size_t i = 0; i < suffix.size(); ++i) b_[j_ + 1 + static_cast<int64_t>(i)] = suffix[i];
    k_ = j_ + static_cast<int64_t>(suffix.size());
    classify(j_ + 1);
  }

  void remove_plural_and_participle() {
    if (b_[k_] == 's') {
      if (ends("sses")) {
        k_ -= 2;
      } else if (ends("ies")) {
        set("i");
      } else if (b_[k_ - 1] != 's') {
        --k_;
      }
    }
    if (ends("eed")) {
      if (measure() > 0) --k_;
    } else if ((ends("ed") || ends("ing")) && has_vowel()) {
      k_ = j_;
      if (ends("at")) {
        set("ate");
      } else if (ends("bl")) {
        set("ble");
      } else if (ends("iz")) {
        set("ize");
      } else if (has_double_consonant(k_)) {
        if (b_[k_] != 'l' && b_[k_] != 's' && b_[k_] != 'z') --k_;
      } else if (measure() == 1 && is_short(k_)) {
        j_ = k_;
        set("e");
      }
    }
  }

  struct Rule {
    Text from;
    Text to;
  };
  // The first rule whose ending the word has; it applies where the stem is long enough.
  template <size_t N>
  void apply(const Rule (&rules)[N]) {
    for (const Rule& rule : rules) {
      if (!ends(rule.from)) continue;
      if (measure() > 0) set(rule.to);
      return;
    }
  }
  void replace_double_suffix() {
    static constexpr Rule kRules[] = {
        {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
        {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
        {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
        {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
        {"logi", "log"},
    };
    apply(kRules);
  }
  void replace_suffix() {
    static constexpr Rule kRules[] = {
        {"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""},
    };
    apply(kRules);
  }
  void remove_suffix() {
    static constexpr Text kSuffixes[] = {"al",  "ance", "ence", "er",  "ic",  "able", "ible", "ant", "ement", "ment",
                                         "ent", "ion",  "ou",   "ism", "ate", "iti",  "ous",  "ive", "ize"};
    for (const Text suffix : kSuffixes) {
      if (!ends(suffix)) continue;
      if (suffix == "ion" && (j_ < 0 || (b_[j_] != 's' && b_[j_] != 't'))) continue;
      if (measure() > 1) k_ = j_;
      return;
    }
  }
  void remove_last_e_and_l() {
    j_ = k_;
    if (b_[k_] == 'e') {
      const int64_t count = measure();
      if (count > 1 || (count == 1 && !is_short(k_ - 1))) --k_;
    }
    if (b_[k_] == 'l' && has_double_consonant(k_) && measure() > 1) --k_;
  }

  char* const b_;
  bool* const consonants_;
  int64_t k_;      // The last letter.
  int64_t j_ = 0;  // The last letter of the stem, before the ending that was found.
};

struct PorterStem {
  static Text eval(Arena& arena, Text word) {
    const size_t size = word.size();
    char* const letters = arena.allocate(size + 1);
    for (size_t i = 0; i < size; ++i) {
      letters[i] = static_cast<char>(word[i] | 0x20);
      if (static_cast<uint8_t>(letters[i] - 'a') > 25) return word;
    }
    if (size <= 2) return {letters, size};
    Arena::Scope scope(arena);
    auto* const consonants = arena.allocate_array<bool>(size + 1);
    return {letters, static_cast<size_t>(Stemmer(letters, consonants, static_cast<int64_t>(size)).run())};
  }
};

constexpr Operator kOperator = {
    .name = "porter_stem",
    .summary = "Reduce an English word to its stem, by Porter's algorithm",
    .detail =
        "Endings are taken off by rules, without a dictionary, so a stem need not be a word: `relational` and `relate` "
        "have the stem `relat`. The letters A to Z become lower case. The rules are those of Porter's own program, "
        "which differs from his paper in two (`bli` and `logi`). Stem tokens with `map(t -> porter_stem(t))`.",
    .parameters = {{"word", "one word"}},
    .overloads = {overload<"(word: string) -> string", PorterStem>()},
    .edges = {{"the word has another character than A to Z and a to z", "the word as it is"},
              {"the word has one or two letters, or none", "the word in lower case"},
              {"other languages", "the rules are for English only"},
              {"irregular forms, such as `ran` and `run`", "have different stems"}},
    .examples = {{"porter_stem(\"running\")", "\"run\""},
                 {"porter_stem(\"relational\")", "\"relat\""},
                 {"tokenize(\"Two happy cats\").map(t -> porter_stem(t))", "[\"two\", \"happi\", \"cat\"]"},
                 {"porter_stem(\"café\")", "\"café\""}},
    .cost = {.per_row = 60.0, .per_element = 3.0},
    .aliases = "stem stemmer word_stem stemming snowball porter",
    .see_also = "tokenize remove_stopwords fold_case",
    .source =
        "M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980; "
        "https://tartarus.org/martin/PorterStemmer",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
