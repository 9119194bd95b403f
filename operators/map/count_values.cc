// count_values(xs): how often each value is in a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct CountValues {
  static void eval(Arena& arena, List<T> xs, MapBuilder<T, int64_t>& result) {
    Arena::Scope scope(arena);
    HashIndex<T> table;
    table.start(xs.size(), arena);
    auto* counts = arena.allocate_array<int64_t>(xs.size());
    auto* firsts = arena.allocate_array<uint32_t>(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      const uint32_t size = table.size();
      const uint32_t id = table.insert(xs[i]);
      if (id == size) {
        counts[id] = 0;
        firsts[id] = i;
      }
      ++counts[id];
    }
    for (uint32_t id = 0; id < table.size(); ++id) result.push_back(xs[firsts[id]], counts[id]);
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
