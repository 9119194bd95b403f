// substring(s, start, count): some code points of a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Substring {
  static Text eval(Text s, int64_t start, int64_t count) { return text::slice(s, start, count); }
};

struct SubstringToEnd {
  static Text eval(Text s, int64_t start) {
    return s.substr(start >= 0 ? text::code_point_offset(s, static_cast<uint64_t>(start))
                               : text::last_code_points_offset(s, 0 - static_cast<uint64_t>(start)));
  }
};

constexpr Operator kOperator = {
    .name = "substring",
    .summary = "Take some code points out of a text",
    .detail = "The result is a view of the text; nothing is copied.",
    .parameters = {{"s", "the text"},
                   {"start",
                    "the number of the first code point, from 0; negative numbers count from the end, -1 is "
                    "the last"},
                   {"count", "how many code points; without it all up to the end"}},
    .overloads = {overload<"(s: string, start: int, count: int) -> string", Substring>(),
                  overload<"(s: string, start: int) -> string", SubstringToEnd>()},
    .edges = {{"`start` is behind the end", "an empty text"},
              {"`start` is before the beginning",
               "the window begins there and loses what lies before the text: `substring(\"abc\", -5, 3)` is "
               "`\"a\"`"},
              {"`count` is more than there is", "all up to the end"},
              {"`count` is zero or negative", "an empty text"},
              {"combining marks and emoji sequences", "may be cut: a code point is not always a whole character"}},
    .examples = {{"substring(\"feature\", 0, 4)", "\"feat\""},
                 {"substring(\"feature\", -4, 2)", "\"tu\""},
                 {"substring(\"feature\", 4)", "\"ure\""},
                 {"substring(\"日本語\", 1, 1)", "\"本\""}},
    .cost = {.per_row = 4.0, .per_element = 0.1},
    .aliases = "substr mid slice_text substringUTF8 str_slice",
    .see_also = "length byte_length index_of",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
