// count_values(xs): how often each value is in a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct CountValues {
  static void eval(Arena& arena, List<T> xs, MapBuilder<T, int64_t>& result) {
    Arena::Scope scope(arena);
    const ValueCounts<T> values(xs, arena);
    for (uint32_t id = 0; id < values.size; ++id) result.push_back(xs[values.firsts[id]], values.counts[id]);
  }
};

constexpr Operator kOperator = {
    .name = "count_values",
    .summary = "Count how often each value is in a list",
    .detail =
        "A map from value to number, in the order of first occurrence. Of tokens, "
        "`count_values().normalize_map()` is the term frequency.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: key>(xs: list<T>) -> map<T, int>", CountValues, bool, int64_t, Text>()},
    .edges = {{"an element is null", "it is left out"}, {"the list is empty", "an empty map"}},
    .examples = {{"count_values([\"b\", \"a\", \"b\"])[\"b\"]", "2"}},
    .cost = {.per_row = 25.0, .per_element = 3.5},
    .aliases =
        "array_frequency frequency value_counts histogram list_histogram term_freq term_frequency tf bag_of_words",
    .see_also = "count_value top_n normalize_map mode",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
