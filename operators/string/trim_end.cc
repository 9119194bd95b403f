// trim_end(s, characters): the text without white space, or without certain characters, at its end.
#include "feature_extractor/character_set.h"
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct TrimEnd {
  static Text eval(Text s) { return text::trim_end(s); }
};

struct TrimEndCharacters {
  using State = CharacterSet;
  static std::optional<State> bind(Text characters, BindError& error) { return CharacterSet::bind(characters, error); }
  static Text eval(const State& set, Text s) { return set.trim_end(s); }
};

constexpr Operator kOperator = {
    .name = "trim_end",
    .summary = "Remove the white space, or certain characters, at the end of a text",
    .detail =
        "White space is what Unicode says it is: the 25 code points with the property White_Space, "
        "among them the no-break space, the line separator and the ideographic space. With `characters` each of its "
        "code points goes, in any order. The result is a "
        "view of the text; nothing is copied.",
    .parameters = {{"s", "the text"}, {"characters", "the characters that go; white space where it is left out"}},
    .overloads = {overload<"(s: string) -> string", TrimEnd>(),
                  overload<"(s: string, characters: const string) -> string", TrimEndCharacters>()},
    .edges = {{"there is nothing but white space", "an empty text"},
              {"zero width spaces and byte order marks", "stay: they do not have the property"},
              {"`characters` is empty", "the text as it is"},
              {"`characters` has several code points",
               "they are a set, not a prefix or suffix, as in Python's `strip`"},
              {"a character of `characters` has a combining mark", "the mark is a code point of its own"}},
    .examples = {{"trim_end(\"3.500\", \"0\")", "\"3.5\""},
                 {"trim_end(\"  a b  \")", "\"  a b\""},
                 {"trim_end(\"   \")", "\"\""}},
    .cost = {.per_row = 3.0},
    .aliases = "rtrim rstrip trimRight trim_right",
    .see_also = "trim trim_start",
    .source = "Unicode PropList.txt, White_Space",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
