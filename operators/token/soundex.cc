// soundex(name): a code of how an English name sounds.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Soundex {
  static Text eval(Arena& arena, Text name) {
    // The digit of each letter; 0 for vowels, which separate equal digits, and 7 for h and w, which do not.
    constexpr Text kDigits = "01230127022455012623017202";
    char code[4] = {'0', '0', '0', '0'};
    size_t size = 0;
    char last = '0';
    for (const char c : name) {
      const auto letter = static_cast<uint8_t>((c | 0x20) - 'a');
      if (letter > 25) continue;
      const char digit = kDigits[letter];
      if (size == 0) {
        code[size++] = static_cast<char>('A' + letter);
      } else if (digit != '0' && digit != '7' && digit != last) {
        code[size++] = digit;
      }
      if (size == 4) break;
      if (digit != '7' || size == 0) last = digit;
    }
    return size == 0 ? Text() : arena.copy(Text(code, 4));
  }
};

constexpr Operator kOperator = {
    .name = "soundex",
    .summary = "Code how an English name sounds in a letter and three digits",
    .detail =
        "American Soundex: the first letter, then the digits of the consonants that follow; vowels are left out, equal "
        "digits in a row count once, also where only `h` or `w` stands between them. Zeros fill it up.",
    .parameters = {{"name", "one name or word"}},
    .overloads = {overload<"(name: string) -> string", Soundex>()},
    .edges = {{"a character is not one of A to Z and a to z", "it is left out; `strip_accents` first keeps `é` as `e`"},
              {"there is no letter, or the text is empty", "an empty text"},
              {"upper and lower case", "do not count"}},
    .examples = {{"soundex(\"Robert\")", "\"R163\""}, {"soundex(\"Ashcroft\")", "\"A261\""}, {"soundex(\"\")", "\"\""}},
    .cost = {.per_row = 15.0, .per_element = 1.0},
    .aliases = "sounds_like phonetic difference",
    .see_also = "metaphone strip_accents",
    .source = "https://www.archives.gov/research/census/soundex",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
