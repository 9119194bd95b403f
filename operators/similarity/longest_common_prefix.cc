// longest_common_prefix(s, t): the beginning that both texts share.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct LongestCommonPrefix {
  static Text eval(Text s, Text t) {
    const size_t most = s.size() < t.size() ? s.size() : t.size();
    size_t size = 0;
    while (size + 8 <= most) {
      const uint64_t different = text::load<uint64_t>(s.data() + size) ^ text::load<uint64_t>(t.data() + size);
      if (different != 0) break;
      size += 8;
    }
    while (size < most && s[size] == t[size]) ++size;
    // Two code points may differ in a later byte only: go back to where the first of them begins.
    while (size > 0 && ((size < s.size() && text::is_continuation(s[size])) ||
                        (size < t.size() && text::is_continuation(t[size])))) {
      --size;
    }
    return s.substr(0, size);
  }
};

constexpr Operator kOperator = {
    .name = "longest_common_prefix",
    .summary = "Take the beginning that two texts share",
    .detail = "Code points are compared, not bytes. Its `length` tells how far the texts agree.",
    .parameters = {{"s", "the first text"}, {"t", "the second text"}},
    .overloads = {overload<"(s: string, t: string) -> string", LongestCommonPrefix>()},
    .edges = {{"the first code points differ, or one text is empty", "an empty text"},
              {"one text is the beginning of the other one", "that text"}},
    .examples = {{"longest_common_prefix(\"shoebox\", \"shoes\")", "\"shoe\""},
                 {"longest_common_prefix(\"\\u{E9}t\", \"\\u{E8}t\")", "\"\""}},
    .cost = {.per_row = 4.0, .per_element = 0.2},
    .aliases = "common_prefix shared_prefix",
    .see_also = "longest_common_substring starts_with",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
