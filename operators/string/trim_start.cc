// trim_start(s): the text without white space at its start.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct TrimStart {
  static Text eval(Text s) { return text::trim_start(s); }
};

constexpr Operator kOperator = {
    .name = "trim_start",
    .summary = "Remove the white space at the start of a text",
    .detail =
        "White space is what Unicode says it is: the 25 code points with the property White_Space, "
        "among them the no-break space, the line separator and the ideographic space. The result is a "
        "view of the text; nothing is copied.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> string", TrimStart>()},
    .edges = {{"there is nothing but white space", "an empty text"},
              {"zero width spaces and byte order marks", "stay: they do not have the property"}},
    .examples = {{"trim_start(\"  a b  \")", "\"a b  \""}, {"trim_start(\"   \")", "\"\""}},
    .cost = {.per_row = 3.0},
    .aliases = "ltrim lstrip trimLeft trim_left",
    .see_also = "trim trim_end",
    .source = "Unicode PropList.txt, White_Space",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
