// occurrence_numbers(xs): how many equal elements come before each element.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct OccurrenceNumbers {
  static void eval(Arena& arena, List<T> xs, ListBuilder<int64_t>& result) {
    Arena::Scope scope(arena);
    HashIndex<T> table;
    table.start(xs.size(), arena);
    auto* counts = arena.allocate_array<uint32_t>(xs.size());
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) {
        result.push_null();
        continue;
      }
      const uint32_t known = table.size();
      const uint32_t id = table.insert(xs[i]);
      if (id == known) counts[id] = 0;
      result.push_back(static_cast<int64_t>(counts[id]++));
    }
  }
};

constexpr Operator kOperator = {
    .name = "occurrence_numbers",
    .summary = "Count, for each element, the equal elements before it",
    .detail =
        "0 marks the first time that a value comes, 1 the second time, and so on. Of session numbers it is the "
        "position of each event in its session.",
    .parameters = {{"xs", "the list"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>) -> list<int>", OccurrenceNumbers, bool, int64_t, double, Text>()},
    .edges = {{"an element is null", "a null element"}, {"the list is empty", "an empty list"}},
    .examples = {{"occurrence_numbers([\"a\", \"b\", \"a\", \"a\"])", "[0, 0, 1, 2]"}},
    .cost = {.per_row = 15.0, .per_element = 4.5},
    .aliases = "cumcount cumulative_count row_number running_count",
    .see_also = "count_values distinct positions session_ids",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
