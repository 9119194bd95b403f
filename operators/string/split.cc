// split(s, separator): the parts of a text between separators.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Split {
  static void eval(Text s, Text separator, ListBuilder<Text>& parts) {
    if (separator.empty()) {
      parts.reserve(static_cast<uint32_t>(s.size()));
      for (const char* at = s.data(); at < s.data() + s.size();) {
        const uint32_t size = text::decode(at, s.data() + s.size()).size;
        parts.push_back(Text(at, size));
        at += size;
      }
    } else if (separator.size() == 1) {
      split_at_byte(s, separator[0], parts);
    } else {
      size_t begin = 0;
      for (;;) {
        const size_t end = text::find(s, separator, begin);
        if (end == text::kNotFound) break;
        parts.push_back(s.substr(begin, end - begin));
        begin = end + separator.size();
      }
      parts.push_back(s.substr(begin));
    }
  }

 private:
  // The separators of 16 bytes are found at once, which is what most texts have.
  static void split_at_byte(Text s, char separator, ListBuilder<Text>& parts) {
    const text::Block wanted = text::every(separator);
    size_t begin = 0;
    for (size_t at = 0; at < s.size(); at += text::kBlock) {
      const size_t left = s.size() - at < text::kBlock ? s.size() - at : text::kBlock;
      uint32_t found = text::bits(text::load_partial(s.data() + at, left) == wanted) & ((1u << left) - 1);
      for (; found != 0; found &= found - 1) {
        const size_t end = at + static_cast<size_t>(__builtin_ctz(found));
        parts.push_back(s.substr(begin, end - begin));
        begin = end + 1;
      }
    }
    parts.push_back(s.substr(begin));
  }
};

constexpr Operator kOperator = {
    .name = "split",
    .summary = "Cut a text at every separator",
    .detail =
        "There is one part more than there are separators; `join` with the same separator gives the "
        "text back. The parts are views of the text; nothing is copied.",
    .parameters = {{"s", "the text"}, {"separator", "the text to cut at; it is not part of the result"}},
    .overloads = {overload<"(s: string, separator: string) -> list<string>", Split>()},
    .edges = {{"the text is empty", "one empty part, as in Python and Spark"},
              {"the text starts or ends with a separator, or two follow each other", "empty parts"},
              {"separators overlap", "the first one counts: `split(\"aaa\", \"aa\")` is `[\"\", \"a\"]`"},
              {"the separator is an empty text", "the code points of the text; none for an empty text"},
              {"upper and lower case, or composed and decomposed letters",
               "are different: `fold_case` and `normalize` come first where they should not be"}},
    .examples = {{"split(\"Comedy|Drama|War\", \"|\")", "[\"Comedy\", \"Drama\", \"War\"]"},
                 {"split(\"a,,b,\", \",\")", "[\"a\", \"\", \"b\", \"\"]"},
                 {"split(\"\", \",\")", "[\"\"]"}},
    .cost = {.per_row = 8.0, .per_element = 0.5},
    .aliases = "str_split string_split string_to_array splitByString regexp_split",
    .see_also = "join tokenize tokenize_whitespace characters",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
