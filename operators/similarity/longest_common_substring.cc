// longest_common_substring(s, t): the longest run of code points that both texts have.
#include "feature_extractor/operator.h"
#include "feature_extractor/symbol_sequences.h"

namespace feature_extractor {
namespace {

constexpr uint64_t kMostSubstringPairs = uint64_t{1} << 22;

struct Run {
  uint32_t end;
  uint32_t size;
};

// A cell of the matrix holds how long the equal runs are that end at a pair of places; a row needs the one above only.
inline Run longest_common_run(const SymbolPair& pair, Arena& arena) {
  const SymbolSequence x = pair.first;
  const SymbolSequence y = pair.second;
  const size_t width = size_t{y.size} + 1;
  uint32_t* above = arena.allocate_array<uint32_t>(width);
  uint32_t* row = arena.allocate_array<uint32_t>(width);
  for (size_t j = 0; j < width; ++j) above[j] = 0;
  row[0] = 0;
  Run best{0, 0};
  for (uint32_t i = 0; i < x.size; ++i) {
    const uint32_t symbol = x.data[i];
    uint32_t longest = 0;
    const uint32_t* const before = above;
    uint32_t* const now = row + 1;
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (uint32_t j = 0; j < y.size; ++j) {
      const uint32_t run = y.data[j] == symbol ? before[j] + 1 : 0;
      now[j] = run;
      longest = run > longest ? run : longest;
    }
    if (longest > best.size) best = {i + 1, longest};
    uint32_t* const older = above;
    above = row;
    row = older;
    row[0] = 0;
  }
  return best;
}

struct LongestCommonSubstring {
  static constexpr bool kSimd = true;
  static Nullable<Text> eval(Arena& arena, Text s, Text t) {
    Arena::Scope scope(arena);
    const SymbolPair pair = number_symbols(s, t, arena);
    if (pairs_of(pair) > kMostSubstringPairs) return null;
    const Run run = longest_common_run(pair, arena);
    return text::slice(s, run.end - run.size, run.size);
  }
};

constexpr Operator kOperator = {
    .name = "longest_common_substring",
    .summary = "Take the longest run of code points that both texts have",
    .detail = "The result is a view of the first text; its `length` is the measure that others return.",
    .parameters = {{"s", "the first text"}, {"t", "the second text"}},
    .overloads = {overload<"(s: string, t: string) -> string", LongestCommonSubstring>()},
    .edges = {{"nothing is common, or one text is empty", "an empty text"},
              {"several runs are longest", "the one that comes first in `s`"},
              {"the product of the lengths is above 4,194,304 (2,048 times 2,048)",
               "null, so that no value can ask for endless work"}},
    .examples = {{"longest_common_substring(\"red suede shoes\", \"blue suede boots\")", "\" suede \""},
                 {"length(longest_common_substring(\"abcd\", \"xbcy\"))", "2"}},
    .cost = {.per_row = 80.0, .per_element = 20.0},
    .aliases = "longest_common_substr lcsubstring longest_match",
    .see_also = "longest_common_subsequence longest_common_prefix",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
