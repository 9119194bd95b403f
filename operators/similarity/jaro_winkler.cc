// jaro_winkler(s, t, prefix_weight): the similarity of Jaro, with a bonus for a common beginning.
#include "feature_extractor/jaro_similarity.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct JaroWinkler {
  // What Winkler's program (strcmp95) uses.
  static constexpr double kThreshold = 0.7;
  static constexpr uint32_t kLongestPrefix = 4;

  static Nullable<double> eval(Arena& arena, Text s, Text t, double prefix_weight) {
    Arena::Scope scope(arena);
    const SymbolPair pair = number_symbols(s, t, arena);
    const double similarity = jaro_similarity(pair, arena);
    uint32_t prefix = 0;
    while (prefix < kLongestPrefix && prefix < pair.first.size && prefix < pair.second.size &&
           pair.first.data[prefix] == pair.second.data[prefix]) {
      ++prefix;
    }
    const double bonus = static_cast<double>(prefix) * prefix_weight * (1.0 - similarity);
    return Nullable<double>::where(prefix_weight >= 0.0 && prefix_weight <= 0.25,
                                   similarity > kThreshold ? similarity + bonus : similarity);
  }
};

constexpr Operator kOperator = {
    .name = "jaro_winkler",
    .summary = "Measure how similar two short texts are, with a bonus for a common beginning",
    .detail =
        "`jaro(s, t)`, and where that is above 0.7, `prefix_weight * (1 - jaro(s, t))` more for each of the first four "
        "code points up to which the texts agree.",
    .parameters = {{"s", "the first text"},
                   {"t", "the second text"},
                   {"prefix_weight", "how much each code point of the common beginning counts, from 0 to 0.25"}},
    .overloads = {overload<"(s: string, t: string, prefix_weight: float = 0.1) -> float", JaroWinkler>()},
    .edges = {{"both texts are empty", "1"},
              {"one text is empty, or nothing matches", "0"},
              {"the similarity of Jaro is 0.7 or less", "no bonus, as in Winkler's program"},
              {"`prefix_weight` is negative or above 0.25", "null: the result could leave 0..1"}},
    .examples = {{"jaro_winkler(\"same\", \"same\")", "1.0"},
                 {"jaro_winkler(\"abcdefgh\", \"abcdxxgh\")", "0.9"},
                 {"jaro_winkler(\"abc\", \"xyz\")", "0.0"}},
    .cost = {.per_row = 95.0, .per_element = 5.0},
    .algebra = "",
    .aliases = "jaro_winkler_similarity jarowinkler_similarity jaroWinklerSimilarity",
    .see_also = "jaro levenshtein",
    .source = "W. E. Winkler, String comparator metrics and enhanced decision rules in the Fellegi-Sunter model (1990)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
