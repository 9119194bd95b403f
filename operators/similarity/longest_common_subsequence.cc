// longest_common_subsequence(s, t): how many elements two sequences share in the same order.
#include "feature_extractor/operator.h"
#include "feature_extractor/symbol_sequences.h"

namespace feature_extractor {
namespace {

constexpr uint64_t kMostSubsequencePairs = uint64_t{1} << 24;

// One bit per position of the shorter sequence: 0 where the length of the best common subsequence grows (Hyyrö 2004). An
// addition moves such a place to the next match; it carries over from word to word.
inline int64_t common_length(const SymbolPair& pair, Arena& arena) {
  const SymbolSequence pattern = pair.first;
  const SymbolSequence text = pair.second;
  if (pattern.size == 0) return 0;
  const SymbolPositions positions = positions_of_symbols(pattern, pair.count, arena);
  uint64_t* open = arena.allocate_array<uint64_t>(positions.words);
  for (uint32_t w = 0; w < positions.words; ++w) open[w] = ~uint64_t{0};
  for (uint32_t j = 0; j < text.size; ++j) {
    const uint64_t* equal = positions.of(text.data[j]);
    uint64_t carry = 0;
    for (uint32_t w = 0; w < positions.words; ++w) {
      const uint64_t matches = open[w] & equal[w];
      uint64_t sum = open[w] + carry;
      carry = sum < carry ? 1 : 0;
      sum += matches;
      carry |= sum < matches ? 1 : 0;
      open[w] = sum | (open[w] - matches);
    }
  }
  int64_t length = 0;
  for (uint32_t w = 0; w < positions.words; ++w) length += __builtin_popcountll(~open[w]);
  return length;
}

template <class Sequence>
struct LongestCommonSubsequence {
  static Nullable<int64_t> eval(Arena& arena, Sequence s, Sequence t) {
    Arena::Scope scope(arena);
    const SymbolPair pair = s.size() <= t.size() ? number_symbols(s, t, arena) : number_symbols(t, s, arena);
    if (pairs_of(pair) > kMostSubsequencePairs) return null;
    return common_length(pair, arena);
  }
};
template <class T>
struct SubsequenceOfLists : LongestCommonSubsequence<List<T>> {};

constexpr Operator kOperator = {
    .name = "longest_common_subsequence",
    .summary = "Count the code points, or elements, that two texts, or lists, share in the same order",
    .detail =
        "The length of the longest sequence that is left of both after some of their elements were taken out. Over "
        "words it tells how much of a query a title has in the query's order: "
        "`longest_common_subsequence(query, title) / length(query)`.",
    .parameters = {{"s", "the first text or list"}, {"t", "the second"}},
    .overloads =
        {overload<"(s: string, t: string) -> int", LongestCommonSubsequence<Text>>(),
         generic_overload<"<T: key>(s: list<T>, t: list<T>) -> int", SubsequenceOfLists, bool, int64_t, Text>()},
    .edges = {{"one of them is empty", "0"},
              {"an element of a list is null", "it is left out"},
              {"the product of the lengths is above 16,777,216 (4,096 times 4,096)",
               "null, so that no value can ask for endless work"}},
    .examples = {{"longest_common_subsequence(\"nematode\", \"empty\")", "3"},
                 {"longest_common_subsequence([\"red\", \"shoes\"], [\"red\", \"suede\", \"shoes\"])", "2"}},
    .cost = {.per_row = 60.0, .per_element = 2.0},
    .algebra = "commutative",
    .aliases = "lcs lcs_length orderness LCSseq",
    .see_also = "longest_common_substring longest_common_prefix levenshtein",
    .source = "H. Hyyr\u00f6, Bit-parallel LCS-length computation revisited (2004)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
