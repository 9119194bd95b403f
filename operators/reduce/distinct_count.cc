// distinct_count(xs): the number of different values.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct DistinctCount {
  static int64_t eval(Arena& arena, List<T> xs) {
    Arena::Scope scope(arena);
    HashIndex<T> table;
    table.build(xs, arena);
    return table.size();
  }
};

constexpr Operator kOperator = {
    .name = "distinct_count",
    .summary = "Count the different values of a list",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> int", DistinctCount, bool, int64_t, double, Text>()},
    .edges = {{"an element is null", "it does not count"},
              {"the list is empty", "0"},
              {"0.0 and -0.0", "are one value"}},
    .examples = {{"distinct_count([1, 2, 1])", "2"}},
    .cost = {.per_row = 15.0, .per_element = 3.0},
    .aliases = "count_distinct unique_count nunique n_unique list_unique cardinality approx_count_distinct",
    .see_also = "distinct count entropy",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
