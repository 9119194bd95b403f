// tokenize_whitespace(s): the parts of a text between white space.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct NotWhiteSpace {
  static auto ascii(text::Block block) {
    return (block != static_cast<uint8_t>(' ')) & (block - static_cast<uint8_t>('\t') >= 5);
  }
  static bool contains(char32_t c) { return !text::is_white_space(c); }
};

struct TokenizeWhitespace {
  static void eval(Text s, ListBuilder<Text>& tokens) {
    text::for_each_run<NotWhiteSpace>(s, [&](Text token) { tokens.push_back(token); });
  }
};

constexpr Operator kOperator = {
    .name = "tokenize_whitespace",
    .summary = "Cut a text at white space",
    .detail =
        "A token is a longest run of code points without the property White_Space. The tokens are "
        "views of the text; none is empty.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> list<string>", TokenizeWhitespace>()},
    .edges = {{"the text is empty, or all white space", "an empty list"},
              {"no-break spaces and ideographic spaces", "separate too"}},
    .examples = {{"tokenize_whitespace(\"  new   york\\n\")", "[\"new\", \"york\"]"},
                 {"tokenize_whitespace(\"don't stop!\")", "[\"don't\", \"stop!\"]"},
                 {"tokenize_whitespace(\"  \")", "[]"}},
    .cost = {.per_row = 10.0, .per_element = 0.8},
    .aliases = "split_whitespace splitByWhitespace str_split_whitespace",
    .see_also = "tokenize split trim",
    .source = "Unicode PropList.txt, White_Space",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
