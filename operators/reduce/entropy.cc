// entropy(xs): how evenly the values of a list are spread.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"
#include "feature_extractor/lane_sum.h"
#include "feature_extractor/math.h"

namespace feature_extractor {
namespace {

template <class T>
struct Entropy {
  static Nullable<double> eval(Arena& arena, List<T> xs) {
    Arena::Scope scope(arena);
    const ValueCounts<T> values(xs, arena);
    const double total = count_present(xs);
    // From left to right in the order of first occurrence.
    double sum = 0.0;
    for (uint32_t id = 0; id < values.size; ++id) {
      const double share = static_cast<double>(values.counts[id]) / total;
      sum -= share * math::log2(share);
    }
    return Nullable<double>::where(values.size > 0, sum + 0.0);
  }
};

constexpr Operator kOperator = {
    .name = "entropy",
    .summary = "Measure how evenly the values of a list are spread, in bits",
    .detail =
        "The Shannon entropy: the negative sum of p * log2(p), where p is the share of each distinct value. 0 if all "
        "elements are equal; log2(n) if n values are equally frequent.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> float?", Entropy, bool, int64_t, double, Text>()},
    .edges = {{"the list is empty, or all elements are null", "null"}, {"an element is null", "it is skipped"}},
    .examples = {{"entropy([1, 1, 2, 3])", "1.5"}, {"entropy([\"a\", \"a\"])", "0.0"}},
    .cost = {.per_row = 25.0, .per_element = 4.0},
    .aliases = "shannon_entropy list_entropy",
    .see_also = "distinct_count count_values",
    .source = "Shannon: A mathematical theory of communication (1948)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
