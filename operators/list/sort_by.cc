// sort_by(xs, key, descending): the elements in the order of their keys.
#include "feature_extractor/ordering.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

template <class K, SimdLevel Level>
struct SortBy {
  static void eval(Arena& arena, List<Any>, List<K> keys, bool descending, Selection& kept) {
    keep_sorted<K, Level>(arena, keys, descending, kept);
  }
};

constexpr Operator kOperator = {
    .name = "sort_by",
    .summary = "Sort a list by a key of each element",
    .detail = "The sort is stable, so that sorting by a second key first and by the first key then sorts by both.",
    .parameters = {{"xs", "the list"},
                   {"key", "the value to sort by"},
                   {"descending", "true puts the greatest key first"}},
    .overloads = {generic_leveled_overload<
        "<T: any, K: ordered>(xs: list<T>, key: T -> K, descending: const bool = false) -> list<T>", SortBy, bool,
        int64_t, double, Text>()},
    .edges = {{"keys are null", "their elements come last, in both directions, in their order"},
              {"keys are equal", "their elements stay in their order"},
              {"the list is empty", "an empty list"}},
    .examples = {{"sort_by([3, -1, 2], x -> abs(x))", "[-1, 2, 3]"},
                 {"sort_by([\"bb\", \"a\"], s -> length(s), descending = true)", "[\"bb\", \"a\"]"}},
    .cost = {.per_row = 20.0, .per_element = 8.0},
    .aliases = "order_by array_sort_by sorted_by sort_on",
    .see_also = "sort top_by min_by",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
