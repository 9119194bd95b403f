// ranks(xs, descending): the place of each element among all.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"
#include "feature_extractor/ordering.h"

namespace feature_extractor {
namespace {

template <class T>
struct Ranks {
  static void eval(Arena& arena, List<T> xs, bool descending, ListBuilder<int64_t>& result) {
    Arena::Scope scope(arena);
    auto* items = arena.allocate_array<Ranked>(xs.size());
    auto* places = arena.allocate_array<uint32_t>(xs.size());
    const uint32_t count = rank<T, SimdLevel::kBaseline>(xs, descending, xs.size(), items);
    for (uint32_t i = 0; i < count; ++i) {
      const bool tie = i > 0 && same_value<T>(xs[items[i].position], xs[items[i - 1].position]);
      places[items[i].position] = tie ? places[items[i - 1].position] : i + 1;
    }
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      xs.is_null(i) ? result.push_null() : result.push_back(int64_t{places[i]});
    }
  }
};

constexpr Operator kOperator = {
    .name = "ranks",
    .summary = "Give the place of each element among all elements of its list",
    .detail =
        "1 is the place of the least element, or of the greatest if `descending`. Equal elements share the best of "
        "their places and the next one is left free, as SQL's RANK does.",
    .parameters = {{"xs", "the list"}, {"descending", "true gives place 1 to the greatest"}},
    .overloads = {generic_overload<"<T: ordered>(xs: list<T>, descending: const bool = false) -> list<int>", Ranks,
                                   bool, int64_t, double, Text>()},
    .edges = {{"elements are equal", "they share a place: [5, 5, 7] has the ranks [1, 1, 3]"},
              {"an element is null", "a null element; it takes no place"},
              {"the list is empty", "an empty list"}},
    .examples = {{"ranks([30, 10, 20])", "[3, 1, 2]"}, {"ranks([5, 7, 5], descending = true)", "[2, 1, 2]"}},
    .cost = {.per_row = 25.0, .per_element = 12.0},
    .aliases = "rankdata list_rank arg_rank rank_elements",
    .see_also = "sort sort_by positions",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
