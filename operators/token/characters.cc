// characters(s): the code points of a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Characters {
  static void eval(Text s, ListBuilder<Text>& characters) {
    const char* const end = s.data() + s.size();
    for (const char* at = s.data(); at < end;) {
      const uint32_t size = text::decode(at, end).size;
      characters.push_back(Text(at, size));
      at += size;
    }
  }
};

constexpr Operator kOperator = {
    .name = "characters",
    .summary = "Cut a text into its code points",
    .detail = "The code points are views of the text.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> list<string>", Characters>()},
    .edges = {{"the text is empty", "an empty list"},
              {"combining marks and emoji sequences",
               "each code point stands alone; `normalize` joins marks first where it can"}},
    .examples = {{"characters(\"日本x\")", "[\"日\", \"本\", \"x\"]"}, {"characters(\"\")", "[]"}},
    .cost = {.per_row = 5.0, .per_element = 1.5},
    .aliases = "chars char_tokens letters split_chars",
    .see_also = "character_ngrams length substring",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
