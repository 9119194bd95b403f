// capitalize(s): the first letter in upper case.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Capitalize {
  static Text eval(Arena& arena, Text s) {
    if (s.empty()) return {};
    const size_t first = text::decode(s.data(), s.data() + s.size()).size;
    const Text head = text::upper(s.substr(0, first), arena);
    const Text tail = text::lower(s.substr(first), arena);
    char* const out = arena.allocate(head.size() + tail.size());
    text::copy(head, out);
    text::copy(tail, out + head.size());
    return {out, head.size() + tail.size()};
  }
};

constexpr Operator kOperator = {
    .name = "capitalize",
    .summary = "Map the first character of a text to upper case and the others to lower case",
    .detail = "Each code point is mapped by itself, as `upper` and `lower` do.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> string", Capitalize>()},
    .edges = {{"the first character is no letter", "it stays, and the others become lower case"},
              {"several words", "only the first one starts in upper case"},
              {"`ß` at the beginning", "becomes `ẞ`, as for `upper`"},
              {"the text is empty", "an empty text"},
              {"a letter that is two, such as `ǆ`, at the beginning",
               "becomes `Ǆ`, as for `upper`, not the title-case `ǅ`"}},
    .examples = {{"capitalize(\"sPORT shoes\")", "\"Sport shoes\""}, {"capitalize(\"éTÉ\")", "\"Été\""}},
    .cost = {.per_row = 25.0, .per_element = 0.2},
    .algebra = "idempotent",
    .aliases = "initcap title sentence_case capitalise ucfirst",
    .see_also = "upper lower fold_case",
    .source = "the simple case mappings of Unicode 15.0, as in utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
