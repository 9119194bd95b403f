// common_prefix_length(s, t): how many characters two texts begin with together.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct CommonPrefixLength {
  static int64_t eval(Text s, Text t) {
    const size_t most = s.size() < t.size() ? s.size() : t.size();
    size_t same = 0;
    for (; same < most; same += text::kBlock) {
      const size_t left = most - same < text::kBlock ? most - same : text::kBlock;
      const auto differ = text::load_partial(s.data() + same, left) != text::load_partial(t.data() + same, left);
      const uint32_t where = text::bits(differ) & ((1u << left) - 1);
      if (where != 0) {
        same += static_cast<size_t>(__builtin_ctz(where));
        break;
      }
    }
    if (same > most) same = most;
    // A code point of which only the first bytes agree does not count.
    while (same > 0 && ((same < s.size() && text::is_continuation(s[same])) ||
                        (same < t.size() && text::is_continuation(t[same])))) {
      --same;
    }
    return static_cast<int64_t>(text::count_code_points(s.substr(0, same)));
  }
};

constexpr Operator kOperator = {
    .name = "common_prefix_length",
    .summary = "Count the characters that two texts have in common at their beginning",
    .detail = "Counts code points, with upper and lower case apart.",
    .parameters = {{"s", "a text"}, {"t", "another one"}},
    .overloads = {overload<"(s: string, t: string) -> int", CommonPrefixLength>()},
    .edges = {{"a text is empty", "0"}, {"one text begins with the other", "the length of the shorter one"}},
    .examples = {{"common_prefix_length(\"iphone 15\", \"iphone case\")", "7"},
                 {"common_prefix_length(\"a\", \"b\")", "0"}},
    .cost = {.per_row = 8.0, .per_element = 0.1},
    .algebra = "commutative",
    .aliases = "commonprefix prefix_overlap longest_common_prefix lcp",
    .see_also = "starts_with",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
