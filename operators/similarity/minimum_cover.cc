// minimum_cover(tokens, terms): the size of the shortest window that holds all terms.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct MinimumCover {
  static Nullable<int64_t> eval(Arena& arena, List<T> tokens, List<T> terms) {
    Arena::Scope scope(arena);
    HashIndex<T> wanted;
    wanted.build(terms, arena);
    if (wanted.size() == 0) return null;
    uint32_t* inside = arena.allocate_array<uint32_t>(wanted.size());
    uint32_t* ids = arena.allocate_array<uint32_t>(tokens.size());
    for (uint32_t id = 0; id < wanted.size(); ++id) inside[id] = 0;
    uint32_t missing = wanted.size();
    uint32_t begin = 0;
    uint32_t best = 0;
    // The window's end moves on by one; its begin follows while no term would be lost.
    for (uint32_t end = 0; end < tokens.size(); ++end) {
      ids[end] = tokens.is_null(end) ? HashIndex<T>::kNone : wanted.find(tokens[end]);
      if (ids[end] == HashIndex<T>::kNone) continue;
      if (inside[ids[end]]++ == 0) --missing;
      if (missing > 0) continue;
      while (ids[begin] == HashIndex<T>::kNone || inside[ids[begin]] > 1) {
        if (ids[begin] != HashIndex<T>::kNone) --inside[ids[begin]];
        ++begin;
      }
      const uint32_t size = end + 1 - begin;
      best = best == 0 || size < best ? size : best;
    }
    return Nullable<int64_t>::where(best > 0, best);
  }
};

constexpr Operator kOperator = {
    .name = "minimum_cover",
    .summary = "Give the size of the shortest window of a list that holds every one of some terms",
    .detail =
        "How close together a title has the words of a query, in any order: the number of words if they stand side by "
        "side, more if others stand between them.",
    .parameters = {{"tokens", "the list to look in, such as the words of a title"},
                   {"terms", "the elements that the window must hold, such as the words of a query"}},
    .overloads =
        {generic_overload<"<T: key>(tokens: list<T>, terms: list<T>) -> int?", MinimumCover, bool, int64_t, Text>()},
    .edges = {{"a term is missing", "null; PAI-FG gives 0"},
              {"there are no terms", "null"},
              {"a term comes twice", "it counts once"},
              {"an element of `tokens` is null", "it is no term, but it takes a place in the window"},
              {"a term is null", "it is left out"}},
    .examples = {{"minimum_cover([\"shoes\", \"for\", \"red\", \"soft\", \"shoes\"], [\"red\", \"shoes\"])", "3"},
                 {"minimum_cover([\"red\", \"hat\"], [\"red\", \"shoes\"])", "null"}},
    .cost = {.per_row = 40.0, .per_element = 3.0},
    .aliases = "proximity_min_cover min_cover MinCover span_cover",
    .see_also = "term_distances phrase_index is_subset",
    .source = "T. Tao and C. Zhai, An exploration of proximity measures in information retrieval, SIGIR 2007",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
