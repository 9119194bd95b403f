// bm25(query, weights, document, average_length, k1, b): how relevant a document is to a query.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

// The query's terms, with a weight each, and how often each is in a document.
template <class T>
struct WeightedTerms {
  static constexpr uint32_t kLists = 2;

  HashIndex<T> terms;
  uint32_t* term_of;  // Of each position of the query that counts.
  double* weights;
  uint32_t* counts;  // All zero between two documents.
  uint32_t size;

  void build(List<T> query, List<double> all_weights, Arena& arena) {
    const uint32_t pairs = query.size() < all_weights.size() ? query.size() : all_weights.size();
    terms.start(pairs, arena);
    term_of = arena.allocate_array<uint32_t>(pairs);
    weights = arena.allocate_array<double>(pairs);
    counts = arena.allocate_array<uint32_t>(pairs);
    size = 0;
    for (uint32_t i = 0; i < pairs; ++i) {
      counts[i] = 0;
      if (query.is_null(i) || all_weights.is_null(i)) continue;
      term_of[size] = terms.insert(query[i]);
      weights[size++] = all_weights[i];
    }
  }

  // The sum runs over the query from left to right, so that the result does not depend on who shares what.
  Nullable<double> probe(List<T> document, double average_length, double k1, double b) {
    const bool is_sound = (average_length > 0.0) & (k1 >= 0.0) & (b >= 0.0) & (b <= 1.0);
    uint32_t length = 0;
    for (uint32_t i = 0; i < document.size(); ++i) {
      if (document.is_null(i)) continue;
      ++length;
      const uint32_t term = terms.find(document[i]);
      if (term != HashIndex<T>::kNone) ++counts[term];
    }
    const double norm = k1 * (1.0 - b + b * static_cast<double>(length) / average_length);
    double score = 0.0;
    for (uint32_t i = 0; i < size; ++i) {
      const uint32_t count = counts[term_of[i]];
      if (count == 0) continue;
      const double frequency = count;
      score += weights[i] * (frequency * (k1 + 1.0) / (frequency + norm));
    }
    for (uint32_t i = 0; i < size; ++i) counts[term_of[i]] = 0;
    return Nullable<double>::where(is_sound, score);
  }
};

template <class T>
struct Bm25 {
  static Nullable<double> eval(Arena& arena, List<T> query, List<double> weights, List<T> document,
                               double average_length, double k1, double b) {
    Arena::Scope scope(arena);
    WeightedTerms<T> terms;
    terms.build(query, weights, arena);
    return terms.probe(document, average_length, k1, b);
  }
  using Index = WeightedTerms<T>;
};

constexpr Operator kOperator = {
    .name = "bm25",
    .summary = "Score how relevant a document is to a query, by BM25",
    .detail =
        "The sum over the query's terms of `weight * f * (k1 + 1) / (f + k1 * (1 - b + b * length / average_length))`, "
        "where f is how often the document has the term and length is how many terms it has. The weights are the "
        "terms' `idf`, from a table for instance: "
        "`query.map(t -> idf(terms.lookup(t).documents ?? 0, 1000000))`; they and the query are taken in once per "
        "request. A constant list of equal weights leaves the frequencies only.",
    .parameters = {{"query", "the terms of the query"},
                   {"weights", "the weight of each term of the query, paired by position: its `idf`"},
                   {"document", "the terms of the document"},
                   {"average_length", "the mean number of terms of all documents, above 0"},
                   {"k1", "how late a frequent term saturates; 0 counts only that it is there"},
                   {"b", "how much a long document is held back, from 0 to 1"}},
    .overloads = {generic_overload<"<T: key>(query: list<T>, weights: list<float>, document: list<T>, "
                                   "average_length: float, k1: float = 1.2, b: float = 0.75) -> float",
                                   Bm25, bool, int64_t, Text>()},
    .edges = {{"no term is in the document, or a list is empty", "0"},
              {"a term comes twice in the query", "it counts twice"},
              {"one of `query` and `weights` is longer", "its rest is left out"},
              {"a term or its weight is null", "the pair is left out"},
              {"an element of the document is null", "it is left out, also of the length"},
              {"`average_length` is 0 or negative, `k1` negative, or `b` outside 0..1", "null"},
              {"the factor k1 + 1", "is there as in the papers; Lucene leaves it out since version 8"}},
    .examples = {{"bm25([\"red\", \"shoes\"], [1.0, 2.0], [\"red\", \"hat\"], 2.0)", "1.0"},
                 {"bm25([7], [1.5], [7, 7, 7], 3.0, 0.0)", "1.5"}},
    .cost = {.per_row = 40.0, .per_element = 3.0},
    .aliases = "okapi_bm25 bm25_feature text_relevance tf_idf",
    .see_also = "idf overlap_count map_dot",
    .source = "S. Robertson and H. Zaragoza, The probabilistic relevance framework: BM25 and beyond (2009)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
