// count_substring(s, part): how often a part is in a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the last bytes of a text are the highest of a word");

// How many bytes of a text are this one, eight at a time.
int64_t count_byte(Text s, char byte) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kLow = 0x7F7F7F7F7F7F7F7Fu;
  constexpr uint64_t kPairs = 0x00FF00FF00FF00FFu;
  constexpr size_t kMostWords = 254;  // With the rest, as many as a byte counts.
  const uint64_t wanted = kOnes * static_cast<unsigned char>(byte);
  // The lowest bit of each byte that is wanted. One that is not differs: the low bits of the difference carry into its highest
  // bit, or that is set itself.
  const auto matches = [&](const char* at) __attribute__((always_inline)) {
    uint64_t word;
    __builtin_memcpy(&word, at, sizeof(word));
    const uint64_t difference = word ^ wanted;
    return ~(((difference & kLow) + kLow) | difference) >> 7 & kOnes;
  };
  const char* at = s.data();
  size_t left = s.size();
  int64_t count = 0;
  if (left >= sizeof(uint64_t)) {
    // The last eight bytes hold the rest, and some that are counted as part of the words before.
    const size_t again = (sizeof(uint64_t) - left % sizeof(uint64_t)) % sizeof(uint64_t);
    uint64_t counts = 0;  // A byte for each place in a word.
    if (again > 0) counts = matches(at + left - sizeof(uint64_t)) >> 8 * again;
    while (left >= sizeof(uint64_t)) {
      const size_t words = left / sizeof(uint64_t) < kMostWords ? left / sizeof(uint64_t) : kMostWords;
      for (size_t i = 0; i < words; ++i) counts += matches(at + i * sizeof(uint64_t));
      const uint64_t pairs = (counts & kPairs) + (counts >> 8 & kPairs);
      count += static_cast<int64_t>(pairs * 0x0001000100010001u >> 48);
      counts = 0;
      at += words * sizeof(uint64_t);
      left -= words * sizeof(uint64_t);
    }
    return count;
  }
  for (; left > 0; ++at, --left) count += *at == byte ? 1 : 0;
  return count;
}

struct CountSubstring {
  static int64_t eval(Text s, Text part) {
    if (part.size() == 1) return count_byte(s, part[0]);
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
