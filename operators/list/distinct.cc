// distinct(xs): each value once, in the order of first occurrence.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct Distinct {
  static void eval(Arena& arena, List<T> xs, Selection& kept) {
    Arena::Scope scope(arena);
    HashIndex<T> seen;
    seen.start(xs.size(), arena);
    kept.reserve(xs.size());
    bool null_seen = false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) {
        if (!null_seen) kept.push_back(i);
        null_seen = true;
        continue;
      }
      const uint32_t size = seen.size();
      if (seen.insert(xs[i]) == size) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "distinct",
    .summary = "Keep each value of a list once",
    .detail = "The order is that of the first occurrences.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> list<T>", Distinct, bool, int64_t, double, Text>()},
    .edges = {{"the list has null elements", "one null is kept, where the first one stood, as in SQL's DISTINCT"},
              {"the list is empty", "an empty list"},
              {"0.0 and -0.0", "are one value; the first one is kept"}},
    .examples = {{"distinct([3, 1, 3, 2, 1])", "[3, 1, 2]"}, {"distinct([\"a\", \"a\"])", "[\"a\"]"}},
    .cost = {.per_row = 15.0, .per_element = 3.0},
    .aliases = "array_distinct list_distinct unique dedup deduplicate uniq",
    .see_also = "distinct_by distinct_count deduplicate_consecutive union",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
