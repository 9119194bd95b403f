// trim_end(s): the text without white space at its end.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct TrimEnd {
  static Text eval(Text s) { return text::trim_end(s); }
};

constexpr Operator kOperator = {
    .name = "trim_end",
    .summary = "Remove the white space at the end of a text",
    .detail =
        "White space is what Unicode says it is: the 25 code points with the property White_Space, "
        "among them the no-break space, the line separator and the ideographic space. The result is a "
        "view of the text; nothing is copied.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> string", TrimEnd>()},
    .edges = {{"there is nothing but white space", "an empty text"},
              {"zero width spaces and byte order marks", "stay: they do not have the property"}},
    .examples = {{"trim_end(\"  a b  \")", "\"  a b\""}, {"trim_end(\"   \")", "\"\""}},
    .cost = {.per_row = 3.0},
    .aliases = "rtrim rstrip trimRight trim_right",
    .see_also = "trim trim_start",
    .source = "Unicode PropList.txt, White_Space",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
