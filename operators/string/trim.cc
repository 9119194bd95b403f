// trim(s): the text without white space at both ends.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Trim {
  static Text eval(Text s) { return text::trim_end(text::trim_start(s)); }
};

constexpr Operator kOperator = {
    .name = "trim",
    .summary = "Remove the white space at both ends of a text",
    .detail =
        "White space is what Unicode says it is: the 25 code points with the property White_Space, "
        "among them the no-break space, the line separator and the ideographic space. The result is a "
        "view of the text; nothing is copied.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> string", Trim>()},
    .edges = {{"there is nothing but white space", "an empty text"},
              {"zero width spaces and byte order marks", "stay: they do not have the property"}},
    .examples = {{"trim(\"  a b\\t\\n\")", "\"a b\""}, {"trim(\"   \")", "\"\""}},
    .cost = {.per_row = 3.0},
    .aliases = "strip btrim trimBoth str_strip",
    .see_also = "trim_start trim_end tokenize_whitespace",
    .source = "Unicode PropList.txt, White_Space",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
