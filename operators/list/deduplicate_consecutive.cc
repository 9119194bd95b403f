// deduplicate_consecutive(xs): one element of each run of equal elements.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct DeduplicateConsecutive {
  static void eval(List<T> xs, Selection& kept) {
    kept.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (i > 0 && xs.is_null(i) == xs.is_null(i - 1) && (xs.is_null(i) || same_value<T>(xs[i], xs[i - 1]))) continue;
      kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "deduplicate_consecutive",
    .summary = "Keep one element of each run of equal neighbours",
    .detail = "Where a user looks at the same item several times in a row, one visit is left.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> list<T>", DeduplicateConsecutive, bool, int64_t, double,
                                   Text>()},
    .edges = {{"nulls are neighbours", "one of them is kept"}, {"the list is empty", "an empty list"}},
    .examples = {{"deduplicate_consecutive([1, 1, 2, 2, 1])", "[1, 2, 1]"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .algebra = "idempotent",
    .aliases = "array_compact unique_consecutive groupby dedup_adjacent",
    .see_also = "distinct",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
