// split_part(s, separator, index): one part of a text between separators.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct SplitPart {
  static Nullable<Text> eval(Text s, Text separator, int64_t index) {
    if (separator.empty()) return code_point(s, index);
    if (index >= 0) {
      for (;; --index) {
        const size_t end = text::find(s, separator);
        if (index == 0) return end == text::kNotFound ? s : s.substr(0, end);
        if (end == text::kNotFound) return null;
        s.remove_prefix(end + separator.size());
      }
    }
    // Separators may overlap, and the first ones count, so a part from the end has a number from the front.
    int64_t count = 1;
    for (size_t at = text::find(s, separator); at != text::kNotFound;
         at = text::find(s, separator, at + separator.size())) {
      ++count;
    }
    if (index < -count) return null;
    return eval(s, separator, index + count);
  }

 private:
  // The parts between empty separators are the code points, as for `split`.
  static Nullable<Text> code_point(Text s, int64_t index) {
    if (index < 0) {
      const auto wanted = 0 - static_cast<uint64_t>(index);
      if (wanted > text::count_code_points(s)) return null;
      return text::slice(s, index, 1);
    }
    const Text found = text::slice(s, index, 1);
    return Nullable<Text>::where(!found.empty(), found);
  }
};

constexpr Operator kOperator = {
    .name = "split_part",
    .summary = "Take one of the parts of a text between separators",
    .detail =
        "The same as `split(s, separator)[index]`, without the list. Parts count from 0, and -1 is the last one. SQL's "
        "functions of that name count from 1.",
    .parameters = {{"s", "the text"},
                   {"separator", "the text to cut at"},
                   {"index", "the number of the part, from 0; a negative one counts from the end"}},
    .overloads = {overload<"(s: string, separator: string, index: int) -> string?", SplitPart>()},
    .edges = {{"there is no such part", "null, where PostgreSQL gives an empty text"},
              {"the text is empty", "it has one part, an empty text"},
              {"separators overlap", "the first one counts, as for `split`"},
              {"the separator is an empty text",
               "the parts are the code points, as for `split`; an empty text has none"}},
    .examples = {{"split_part(\"Comedy|Drama|War\", \"|\", 1)", "\"Drama\""},
                 {"split_part(\"a.b.c\", \".\", -1)", "\"c\""},
                 {"split_part(\"a.b.c\", \".\", 3)", "null"}},
    .cost = {.per_row = 10.0, .per_element = 0.2},
    .aliases = "substring_index element_at_split str_split_part split_index",
    .see_also = "split regex_extract",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
