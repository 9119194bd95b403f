// mode(xs): the most frequent value.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct Mode {
  static Nullable<T> eval(Arena& arena, List<T> xs) {
    Arena::Scope scope(arena);
    const ValueCounts<T> values(xs, arena);
    if (values.size == 0) return null;
    return xs[values.firsts[values.most_frequent()]];
  }
};

constexpr Operator kOperator = {
    .name = "mode",
    .summary = "Take the most frequent value of a list",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> T?", Mode, bool, int64_t, double, Text>()},
    .edges = {{"several values are most frequent", "the one that comes first in the list"},
              {"the list is empty, or all elements are null", "null"},
              {"an element is null", "it is skipped"}},
    .examples = {{"mode([1, 2, 2, 3])", "2"}, {"mode([\"b\", \"a\", \"a\", \"b\"])", "\"b\""}},
    .cost = {.per_row = 20.0, .per_element = 3.0},
    .aliases = "most_frequent majority_vote list_mode",
    .see_also = "count_values distinct_count median",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
