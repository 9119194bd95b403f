// version_key(text): a version as a number that orders like it.
#include "feature_extractor/number_text.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct VersionKey {
  static constexpr int kNumbers = 4;
  static Nullable<int64_t> eval(Text text) {
    if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
    int64_t key = 0;
    int count = 0;
    for (bool goes_on = true; goes_on; ++count) {
      if (count == kNumbers) return null;
      int64_t number = 0;
      size_t digits = 0;
      while (digits < text.size() && is_digit(text[digits]) && number <= 0xFFFF) {
        number = number * 10 + (text[digits++] - '0');
      }
      if (digits == 0 || number > (count == 0 ? 0x7FFF : 0xFFFF)) return null;
      key = key << 16 | number;
      text.remove_prefix(digits);
      goes_on = text.starts_with('.');
      if (goes_on) text.remove_prefix(1);
    }
    if (!text.empty() && text[0] != '-' && text[0] != '+' && text[0] != ' ') return null;
    return key << (16 * (kNumbers - count));
  }
};

constexpr Operator kOperator = {
    .name = "version_key",
    .summary = "Read a version such as `17.4.1` as a number that orders like it",
    .detail =
        "Up to four numbers have 16 bits each, the first one the highest, so that `1.10` is above `1.9`, and `1.2` "
        "equals `1.2.0`. A `v` in front is skipped. What follows the numbers behind `-`, `+` or a space is left out: "
        "`2.0.0-beta` equals `2.0.0`, where Semantic Versioning puts it before.",
    .parameters = {{"text", "one to four decimal numbers with points between them"}},
    .overloads = {overload<"(text: string) -> int?", VersionKey>()},
    .edges = {{"the text does not begin with a number, or is empty", "null"},
              {"there are more than four numbers", "null"},
              {"the first number is above 32,767, or another one above 65,535", "null"},
              {"another character follows a number, as in `1.2rc1`", "null"}},
    .examples = {{"version_key(\"1.10\") > version_key(\"1.9.9\")", "true"},
                 {"version_key(\"1.2\") == version_key(\"v1.2.0-beta\")", "true"},
                 {"version_key(\"0.0.0.7\")", "7"},
                 {"version_key(\"latest\")", "null"}},
    .cost = {.per_row = 8.0, .per_element = 1.0},
    .aliases = "semver parse_version version_compare semantic_version version_to_int",
    .see_also = "split_part parse_int",
    .source = "https://semver.org (without the precedence of pre-releases)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
