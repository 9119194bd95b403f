// term_distances(tokens, terms): how far apart each two terms stand in a list.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

constexpr uint32_t kMostTerms = 64;

template <class T>
struct TermDistances {
  static void eval(Arena& arena, List<T> tokens, List<T> terms, ListBuilder<int64_t>& result) {
    Arena::Scope scope(arena);
    HashIndex<T> wanted;
    wanted.start(kMostTerms, arena);
    for (uint32_t i = 0; i < terms.size() && wanted.size() < kMostTerms; ++i) {
      if (!terms.is_null(i)) wanted.insert(terms[i]);
    }
    const uint32_t count = wanted.size();
    // Cell a * count + b with a < b is the least distance of the terms a and b so far; 0 before they met.
    uint32_t* distances = arena.allocate_array<uint32_t>(size_t{count} * count);
    for (uint32_t i = 0; i < count * count; ++i) distances[i] = 0;
    uint32_t ends[kMostTerms] = {};  // Behind the last place of each term; 0 before the first.
    for (uint32_t i = 0; i < tokens.size(); ++i) {
      if (tokens.is_null(i)) continue;
      const uint32_t term = wanted.find(tokens[i]);
      if (term == HashIndex<T>::kNone) continue;
      for (uint32_t other = 0; other < count; ++other) {
        if (ends[other] == 0 || other == term) continue;
        const uint32_t distance = i + 1 - ends[other];
        uint32_t& least = term < other ? distances[term * count + other] : distances[other * count + term];
        least = least == 0 || distance < least ? distance : least;
      }
      ends[term] = i + 1;
    }
    for (uint32_t a = 0; a < count; ++a) {
      for (uint32_t b = a + 1; b < count; ++b) {
        if (distances[a * count + b] != 0) result.push_back(int64_t{distances[a * count + b]});
      }
    }
  }
};

constexpr Operator kOperator = {
    .name = "term_distances",
    .summary = "List how far apart each two of some terms stand in a list",
    .detail =
        "For each pair of different terms that the list has, the least difference of their positions: 1 where they "
        "stand side by side. `min`, `mean` and `max` of it are the field's measures of proximity: "
        "`term_distances(title, query).min() ?? length(title) + 1`.",
    .parameters = {{"tokens", "the list to look in, such as the words of a title"},
                   {"terms", "the terms, such as the words of a query"}},
    .overloads = {generic_overload<"<T: key>(tokens: list<T>, terms: list<T>) -> list<int>", TermDistances, bool,
                                   int64_t, Text>()},
    .edges = {{"fewer than two terms are there", "an empty list"},
              {"a term comes twice", "it counts once"},
              {"the order of the pairs", "that of the terms: (1, 2), (1, 3), ..., (2, 3), ..."},
              {"an element of `tokens` is null", "it is no term, but it takes a place"},
              {"there are more than 64 different terms", "the first 64 count"}},
    .examples = {{"term_distances([\"red\", \"and\", \"blue\", \"shoes\"], [\"red\", \"shoes\", \"blue\"])",
                  "[3, 2, 1]"},
                 {"term_distances([\"red\", \"hat\"], [\"red\", \"shoes\"])", "[]"}},
    .cost = {.per_row = 50.0, .per_element = 4.0},
    .aliases = "proximity_min_dist proximity_avg_dist proximity_max_dist pair_distances MinDist AveDist termDistance",
    .see_also = "minimum_cover phrase_index",
    .source = "T. Tao and C. Zhai, An exploration of proximity measures in information retrieval, SIGIR 2007",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
