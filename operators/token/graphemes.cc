// graphemes(s): what people see as the characters of a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Graphemes {
  static void eval(Text s, ListBuilder<Text>& graphemes) {
    const char* const end = s.data() + s.size();
    const char* start = s.data();
    const char* at = start;
    char32_t before = 0;
    utf8proc_int32_t state = 0;
    while (at < end) {
      const text::Decoded next = text::decode(at, end);
      if (at != start && is_break(before, next.code_point, &state)) {
        graphemes.push_back(Text(start, static_cast<size_t>(at - start)));
        start = at;
      }
      before = next.code_point;
      at += next.size;
    }
    if (start < end) graphemes.push_back(Text(start, static_cast<size_t>(end - start)));
  }

 private:
  static bool is_break(char32_t before, char32_t after, utf8proc_int32_t* state) {
    if (before < 0x80 && after < 0x80) {
      *state = 0;
      return before != '\r' || after != '\n';
    }
    return utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(before), static_cast<utf8proc_int32_t>(after),
                                            state) != 0;
  }
};

constexpr Operator kOperator = {
    .name = "graphemes",
    .summary = "Cut a text into what people see as its characters",
    .detail =
        "The extended grapheme clusters of Unicode: a letter with its combining marks, an emoji with its modifiers and "
        "joiners, a flag, a Hangul syllable of several parts, a line break of two characters. They are views of the "
        "text. `length(graphemes(s))` is how long a title looks.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> list<string>", Graphemes>()},
    .edges = {{"the text is empty", "an empty list"},
              {"a mark without a letter in front of it", "stands alone"},
              {"a family or a skin tone of an emoji", "one grapheme"},
              {"conjuncts of Indic scripts", "are cut behind the virama: the rule for them came with Unicode 15.1"}},
    .examples = {{"graphemes(\"e\\u{301}a\")", "[\"e\\u{301}\", \"a\"]"},
                 {"graphemes(\"👍🏽🇩🇪!\")", "[\"👍🏽\", \"🇩🇪\", \"!\"]"},
                 {"graphemes(\"\")", "[]"}},
    .cost = {.per_row = 5.0, .per_element = 6.0},
    .aliases = "grapheme_clusters user_characters graphemes_split extended_grapheme_cluster",
    .see_also = "characters length normalize",
    .source = "Unicode Standard Annex 29, Unicode 15.0 as in utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
