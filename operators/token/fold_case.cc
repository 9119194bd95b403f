// fold_case(s): a text without the difference between upper and lower case.
#include "feature_extractor/normalization.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct FoldCase {
  static Text eval(Arena& arena, Text s) {
    if (text::is_ascii(s)) return text::lower(s, arena);
    return text::encode_all(text::expand(s, UTF8PROC_CASEFOLD, arena), arena);
  }
};

constexpr Operator kOperator = {
    .name = "fold_case",
    .summary = "Fold the case of a text, so that texts that differ in case only become equal",
    .detail =
        "Unicode's full case folding, without a locale. It folds more than `lower` does: `ß` becomes "
        "`ss`, a final sigma becomes a sigma. The result is for comparing, not for showing; it is not "
        "normalised again.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> string", FoldCase>()},
    .edges = {{"the text is empty", "an empty text"},
              {"the result may be longer", "`ß` gives two code points, `ΐ` three"}},
    .examples = {{"fold_case(\"Straße\")", "\"strasse\""},
                 {"fold_case(\"ΣΑΣ\")", "\"σασ\""},
                 {"fold_case(\"ABC\")", "\"abc\""}},
    .cost = {.per_row = 6.0, .per_element = 1.0},
    .aliases = "casefold caseFold fold str_casefold",
    .see_also = "lower normalize strip_accents",
    .source = "Unicode 15.0 CaseFolding.txt, statuses C and F, as in utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
