// count_substring(s, part): how often a part is in a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct CountSubstring {
  static int64_t eval(Text s, Text part) {
    if (part.empty()) return static_cast<int64_t>(text::count_code_points(s)) + 1;
    int64_t count = 0;
    for (size_t at = text::find(s, part); at != text::kNotFound; at = text::find(s, part, at + part.size())) ++count;
    return count;
  }
};

constexpr Operator kOperator = {
    .name = "count_substring",
    .summary = "Count how often a part is in a text",
    .detail = "From the beginning on; occurrences that overlap one that was counted do not count.",
    .parameters = {{"s", "the text"}, {"part", "what to look for"}},
    .overloads = {overload<"(s: string, part: string) -> int", CountSubstring>()},
    .edges = {{"the part is not in the text", "0"},
              {"occurrences overlap, as `aa` in `aaa`", "the first one counts: 1"},
              {"the part is empty", "one more than the code points of the text, as in Python"},
              {"upper and lower case, or composed and decomposed letters",
               "are different: `fold_case` and `normalize` come first where they should not be"}},
    .examples = {{"count_substring(\"banana\", \"an\")", "2"}, {"count_substring(\"aaa\", \"aa\")", "1"}},
    .cost = {.per_row = 10.0, .per_element = 0.2},
    .aliases = "countSubstrings str_count count_matches occurrences substr_count",
    .see_also = "regex_count contains index_of",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
