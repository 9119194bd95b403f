// idf(documents_with_term, documents): how much a rare term tells.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Idf {
  static Nullable<double> eval(double documents_with_term, double documents) {
    const double ratio = (documents - documents_with_term + 0.5) / (documents_with_term + 0.5);
    return Nullable<double>::where((documents_with_term >= 0.0) & (documents_with_term <= documents),
                                   math::log1p(ratio));
  }
};

constexpr Operator kOperator = {
    .name = "idf",
    .summary = "Weigh a term by how few documents have it",
    .detail =
        "The inverse document frequency of BM25, as in Lucene and Vespa: `log(1 + (N - n + 0.5) / (n + 0.5))` for a "
        "term that n of N documents have. It is always above 0. Other systems use other formulas: scikit-learn `1 + "
        "log((N + 1) / (n + 1))`, Hivemall `1 + log10(N / maximum(1, n))`.",
    .parameters = {{"documents_with_term", "how many documents have the term"},
                   {"documents", "how many documents exist"}},
    .overloads = {overload<"(documents_with_term: float, documents: float) -> float", Idf>()},
    .edges = {{"no document has the term", "the greatest weight: `log(2 * N + 2)`"},
              {"more documents have the term than exist, or a number is negative", "null"}},
    .examples = {{"idf(0, 0)", "0.6931471805599453"}, {"idf(3, 2)", "null"}},
    .cost = {.per_row = 2.0},
    .aliases = "inverse_document_frequency inverse_doc_freq",
    .see_also = "bm25 log1p",
    .source =
        "S. Robertson and H. Zaragoza, The probabilistic relevance framework: BM25 and beyond (2009); Apache Lucene, "
        "BM25Similarity",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
