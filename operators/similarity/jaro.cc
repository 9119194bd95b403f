// jaro(s, t): how many code points two texts share in about the same places.
#include "feature_extractor/jaro_similarity.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Jaro {
  static double eval(Arena& arena, Text s, Text t) {
    Arena::Scope scope(arena);
    return jaro_similarity(number_symbols(s, t, arena), arena);
  }
};

constexpr Operator kOperator = {
    .name = "jaro",
    .summary = "Measure how similar two short texts are, by the code points that they share in about the same places",
    .detail =
        "From 0 (nothing in common) to 1 (equal). Two equal code points match if they stand less than half of the "
        "longer text's length apart. With m matches, t of which are out of order: `(m / length(s) + m / length(t) + (m "
        "- t / 2) / m) / 3`, where t / 2 is rounded down. Made for names of people.",
    .parameters = {{"s", "the first text"}, {"t", "the second text"}},
    .overloads = {overload<"(s: string, t: string) -> float", Jaro>()},
    .edges = {{"both texts are empty", "1"},
              {"one text is empty, or nothing matches", "0"},
              {"case differs", "the letters differ; fold case before"}},
    .examples = {{"jaro(\"same\", \"same\")", "1.0"},
                 {"jaro(\"abcd\", \"abxy\")", "0.6666666666666666"},
                 {"jaro(\"abc\", \"xyz\")", "0.0"}},
    .cost = {.per_row = 90.0, .per_element = 5.0},
    .algebra = "commutative",
    .aliases = "jaro_similarity jaroSimilarity jaro_distance",
    .see_also = "jaro_winkler levenshtein",
    .source = "M. A. Jaro, Advances in record-linkage methodology, JASA 84 (1989)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
