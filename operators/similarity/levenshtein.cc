// levenshtein(s, t): how many edits make one sequence of the other.
#include "feature_extractor/operator.h"
#include "feature_extractor/symbol_sequences.h"

namespace feature_extractor {
namespace {

constexpr uint64_t kMostLevenshteinPairs = uint64_t{1} << 24;

// One column of the distance matrix per element of `text`, as the differences between its neighbours: one bit each for +1
// and -1, so that 64 cells are one word (Myers 1999, in the form of Hyyrö 2003).
struct Column {
  uint64_t rises;
  uint64_t falls;
};
struct Carry {
  uint64_t rise;
  uint64_t fall;
};

// Moves 64 cells to the next column. `in` is the difference of the row above, `out` that of row number `last`.
[[gnu::always_inline]] inline Carry advance(Column& column, uint64_t equal, Carry in, uint32_t last) {
  const uint64_t matches = equal | in.fall;
  const uint64_t diagonal = (((matches & column.rises) + column.rises) ^ column.rises) | matches | column.falls;
  const uint64_t rises = column.falls | ~(diagonal | column.rises);
  const uint64_t falls = diagonal & column.rises;
  const uint64_t shifted_rises = rises << 1 | in.rise;
  const uint64_t shifted_falls = falls << 1 | in.fall;
  column.rises = shifted_falls | ~(diagonal | shifted_rises);
  column.falls = shifted_rises & diagonal;
  return {rises >> last & 1, falls >> last & 1};
}

inline int64_t levenshtein_distance(SymbolPair pair, Arena& arena) {
  trim_shared_ends(pair);
  const SymbolSequence pattern = pair.first;
  const SymbolSequence text = pair.second;
  if (pattern.size == 0) return text.size;
  const SymbolPositions positions = positions_of_symbols(pattern, pair.count, arena);
  const uint32_t last = (pattern.size - 1) % 64;
  int64_t result = pattern.size;
  if (positions.words == 1) {
    Column column{~uint64_t{0}, 0};
    for (uint32_t j = 0; j < text.size; ++j) {
      const Carry carry = advance(column, positions.bits[text.data[j]], {1, 0}, last);
      result += static_cast<int64_t>(carry.rise) - static_cast<int64_t>(carry.fall);
    }
    return result;
  }
  Column* columns = arena.allocate_array<Column>(positions.words);
  for (uint32_t w = 0; w < positions.words; ++w) columns[w] = {~uint64_t{0}, 0};
  for (uint32_t j = 0; j < text.size; ++j) {
    const uint64_t* equal = positions.of(text.data[j]);
    Carry carry{1, 0};
    for (uint32_t w = 0; w + 1 < positions.words; ++w) carry = advance(columns[w], equal[w], carry, 63);
    carry = advance(columns[positions.words - 1], equal[positions.words - 1], carry, last);
    result += static_cast<int64_t>(carry.rise) - static_cast<int64_t>(carry.fall);
  }
  return result;
}

template <class Sequence>
struct Levenshtein {
  static Nullable<int64_t> eval(Arena& arena, Sequence s, Sequence t) {
    Arena::Scope scope(arena);
    // The shorter one is the pattern: it decides how many words a column has.
    const SymbolPair pair = s.size() <= t.size() ? number_symbols(s, t, arena) : number_symbols(t, s, arena);
    if (pairs_of(pair) > kMostLevenshteinPairs) return null;
    return levenshtein_distance(pair, arena);
  }
};
template <class T>
struct LevenshteinOfLists : Levenshtein<List<T>> {};

constexpr Operator kOperator = {
    .name = "levenshtein",
    .summary = "Count the edits that make one text, or list, of another",
    .detail =
        "The least number of code points, or elements, to insert, to delete or to replace by another. As a similarity "
        "from 0 to 1: `1.0 - levenshtein(s, t) / maximum(length(s), length(t))`. Fold case and normalise "
        "before where they do not matter. A similarity by shared pieces, which forgives words in another order, is "
        "`jaccard(character_ngrams(s, 3), character_ngrams(t, 3))`.",
    .parameters = {{"s", "the first text or list"}, {"t", "the second"}},
    .overloads =
        {overload<"(s: string, t: string) -> int", Levenshtein<Text>>(),
         generic_overload<"<T: key>(s: list<T>, t: list<T>) -> int", LevenshteinOfLists, bool, int64_t, Text>()},
    .edges = {{"one of them is empty", "the length of the other one"},
              {"two neighbours are swapped", "2 edits; `damerau_levenshtein` counts 1"},
              {"combining marks", "are code points of their own"},
              {"an element of a list is null", "it is left out"},
              {"the product of the lengths is above 16,777,216 (4,096 times 4,096)",
               "null, so that no value can ask for endless work"}},
    .examples = {{"levenshtein(\"kitten\", \"sitting\")", "3"},
                 {"levenshtein(\"caf\\u{E9}\", \"cafe\")", "1"},
                 {"levenshtein([\"red\", \"shoes\"], [\"red\", \"suede\", \"shoes\"])", "1"}},
    .cost = {.per_row = 60.0, .per_element = 3.0},
    .algebra = "commutative",
    .aliases = "edit_distance levenshtein_distance EditDistance editDistanceUTF8 word_error_rate",
    .see_also = "damerau_levenshtein hamming_distance jaro_winkler longest_common_subsequence",
    .source =
        "G. Myers, A fast bit-vector algorithm for approximate string matching, JACM 46 (1999); H. Hyyr\u00f6, A "
        "bit-vector algorithm for computing Levenshtein and Damerau edit distances, Nordic J. of Computing 10 (2003)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
