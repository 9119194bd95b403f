// upper(s): the text in upper case.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Upper {
  static Text eval(Arena& arena, Text s) { return text::upper(s, arena); }
};

constexpr Operator kOperator = {
    .name = "upper",
    .summary = "Change the letters of a text to upper case",
    .detail =
        "Each code point is mapped alone, by the simple case mapping of Unicode 15, without a locale: "
        "the result has as many code points as the text.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> string", Upper>()},
    .edges = {{"the text is empty", "an empty text"},
              {"`ß`", "`ẞ` (U+1E9E), one code point; full mapping gives `SS`"},
              {"ligatures such as `ﬁ`", "stay, since their capitals are two code points"},
              {"`ǆ` (U+01C6)", "`Ǆ` (U+01C4)"}},
    .examples = {{"upper(\"café\")", "\"CAFÉ\""}, {"upper(\"ﬁ\")", "\"ﬁ\""}, {"upper(\"\")", "\"\""}},
    .cost = {.per_row = 4.0, .per_element = 0.1},
    .aliases = "ucase toupper to_upper uppercase str_upper upperUTF8",
    .see_also = "lower fold_case",
    .source = "Unicode 15.0 simple case mapping (UnicodeData.txt) as in utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
