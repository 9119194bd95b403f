// damerau_levenshtein(s, t): how many edits, swaps among them, make one text of the other.
#include "feature_extractor/operator.h"
#include "feature_extractor/symbol_sequences.h"

namespace feature_extractor {
namespace {

constexpr uint64_t kMostDamerauPairs = uint64_t{1} << 20;

// The unrestricted distance in three rows of the matrix (Zhao and Sahni 2019). A swap of two elements with others between
// them goes back to the cell before the last row in which the second sequence's element stood and the last column in which
// the first one's did; only two such cells can be better than the usual three neighbours, and both are at hand.
inline int64_t damerau_distance(SymbolPair pair, Arena& arena) {
  trim_shared_ends(pair);
  const SymbolSequence x = pair.first;
  const SymbolSequence y = pair.second;
  if (x.size == 0) return y.size;
  if (y.size == 0) return x.size;
  const auto rows = static_cast<int64_t>(x.size);
  const auto columns = static_cast<int64_t>(y.size);
  const int64_t never = rows + columns + 1;
  int64_t* last_rows = arena.allocate_array<int64_t>(pair.count + size_t{1});
  for (uint32_t symbol = 0; symbol <= pair.count; ++symbol) last_rows[symbol] = -1;
  // One cell stands in front of each row.
  const size_t width = static_cast<size_t>(columns) + 2;
  int64_t* cells = arena.allocate_array<int64_t>(3 * width);
  for (size_t i = 0; i < 3 * width; ++i) cells[i] = never;
  int64_t* current = cells + 1;
  int64_t* previous = cells + width + 1;
  int64_t* before_swap = cells + 2 * width + 1;
  for (int64_t j = 0; j <= columns; ++j) current[j] = j;

  for (int64_t i = 1; i <= rows; ++i) {
    int64_t* const older = previous;
    previous = current;
    current = older;
    const uint32_t symbol = x.data[i - 1];
    int64_t last_column = -1;
    int64_t two_rows_above = current[0];  // The cell of two rows above and one column to the left.
    int64_t before_match = never;
    current[0] = i;
    for (int64_t j = 1; j <= columns; ++j) {
      const bool equal = symbol == y.data[j - 1];
      int64_t best = previous[j - 1] + (equal ? 0 : 1);
      best = current[j - 1] + 1 < best ? current[j - 1] + 1 : best;
      best = previous[j] + 1 < best ? previous[j] + 1 : best;
      if (equal) {
        last_column = j;
        before_swap[j] = previous[j - 2];
        before_match = two_rows_above;
      } else {
        const int64_t last_row = last_rows[y.data[j - 1]];
        int64_t swapped = never;
        if (j - last_column == 1) {
          swapped = before_swap[j] + (i - last_row);
        } else if (i - last_row == 1) {
          swapped = before_match + (j - last_column);
        }
        best = swapped < best ? swapped : best;
      }
      two_rows_above = current[j];
      current[j] = best;
    }
    last_rows[symbol] = i;
  }
  return current[columns];
}

struct DamerauLevenshtein {
  static Nullable<int64_t> eval(Arena& arena, Text s, Text t) {
    Arena::Scope scope(arena);
    const SymbolPair pair = number_symbols(s, t, arena);
    if (pairs_of(pair) > kMostDamerauPairs) return null;
    return damerau_distance(pair, arena);
  }
};

constexpr Operator kOperator = {
    .name = "damerau_levenshtein",
    .summary = "Count the edits that make one text of another, where a swap of neighbours is one edit",
    .detail =
        "The least number of code points to insert, to delete, to replace by another, or to swap with their neighbour. "
        "The unrestricted distance: swapped code points may be edited further, so that \"ca\" becomes \"abc\" by 2 "
        "edits; the restricted form (optimal string alignment) needs 3. It suits typing errors.",
    .parameters = {{"s", "the first text"}, {"t", "the second text"}},
    .overloads = {overload<"(s: string, t: string) -> int", DamerauLevenshtein>()},
    .edges = {{"one text is empty", "the length of the other one, in code points"},
              {"combining marks", "are code points of their own"},
              {"the product of the lengths is above 1,048,576 (1,024 times 1,024)",
               "null, so that no value can ask for endless work"}},
    .examples = {{"damerau_levenshtein(\"shoes\", \"sheos\")", "1"},
                 {"damerau_levenshtein(\"ca\", \"abc\")", "2"},
                 {"damerau_levenshtein(\"\", \"abc\")", "3"}},
    .cost = {.per_row = 100.0, .per_element = 35.0},
    .algebra = "commutative",
    .aliases = "damerau_levenshtein_distance damerau osa_distance typo_distance",
    .see_also = "levenshtein jaro_winkler",
    .source =
        "C. Zhao and S. Sahni, String correction using the Damerau-Levenshtein distance, BMC Bioinformatics 20 "
        "(2019)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
