// strip_accents(s): a text without its diacritical marks.
#include "feature_extractor/normalization.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct StripAccents {
  static Text eval(Arena& arena, Text s) {
    if (text::is_ascii(s)) return s;
    text::CodePoints points = text::expand(s, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, arena);
    size_t kept = 0;
    for (size_t i = 0; i < points.size; ++i) {
      const int32_t c = points.data[i];
      points.data[kept] = c;
      kept += c < 0x300 || utf8proc_category(c) != UTF8PROC_CATEGORY_MN ? 1 : 0;
    }
    points.size = kept;
    text::order_marks(points, arena);
    text::compose(&points);
    return text::encode_all(points, arena);
  }
};

constexpr Operator kOperator = {
    .name = "strip_accents",
    .summary = "Remove the accents and other marks from the letters of a text",
    .detail =
        "The text is decomposed (NFD), its non-spacing marks (category Mn) are dropped, and the rest "
        "is composed again (NFC).",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> string", StripAccents>()},
    .edges = {{"the text is empty or ASCII", "the text as it is"},
              {"letters with a stroke or a hook, such as `Ł`, `ø`, `đ`", "stay: they have no decomposition"},
              {"scripts that need their marks, such as Hindi or Thai vowels, or the voicing of kana",
               "lose them: `が` becomes `か`"}},
    .examples = {{"strip_accents(\"Crème brûlée\")", "\"Creme brulee\""},
                 {"strip_accents(\"Ångström\")", "\"Angstrom\""},
                 {"strip_accents(\"Ł\")", "\"Ł\""}},
    .cost = {.per_row = 6.0, .per_element = 4.0},
    .aliases = "unaccent remove_accents remove_diacritics strip_diacritics accent_fold",
    .see_also = "normalize fold_case",
    .source = "UAX #15, Unicode 15.0, tables of utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
