// lower(s): the text in lower case.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Lower {
  static Text eval(Arena& arena, Text s) { return text::lower(s, arena); }
};

constexpr Operator kOperator = {
    .name = "lower",
    .summary = "Change the letters of a text to lower case",
    .detail =
        "Each code point is mapped alone, by the simple case mapping of Unicode 15, without a locale: "
        "the result has as many code points as the text.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> string", Lower>()},
    .edges = {{"the text is empty", "an empty text"},
              {"a sigma at the end of a word", "`σ`, since the neighbours of a code point do not count"},
              {"`İ` (U+0130)", "`i`, without the combining dot that full mapping adds"}},
    .examples = {{"lower(\"Café ÉTÉ\")", "\"café été\""}, {"lower(\"ΑΣ\")", "\"ασ\""}, {"lower(\"\")", "\"\""}},
    .cost = {.per_row = 4.0, .per_element = 0.1},
    .aliases = "lcase tolower to_lower lowercase str_lower lowerUTF8",
    .see_also = "upper fold_case normalize",
    .source = "Unicode 15.0 simple case mapping (UnicodeData.txt) as in utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
