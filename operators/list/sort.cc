// sort(xs, descending): the elements in the order of their values.
#include "feature_extractor/ordering.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

template <class T, SimdLevel Level>
struct Sort {
  static void eval(Arena& arena, List<T> xs, bool descending, Selection& kept) {
    keep_sorted<T, Level>(arena, xs, descending, kept);
  }
};

constexpr Operator kOperator = {
    .name = "sort",
    .summary = "Sort a list by value",
    .detail = "Texts are ordered by code point, without regard to any language; false comes before true.",
    .parameters = {{"xs", "the list"}, {"descending", "true puts the greatest first"}},
    .overloads = {generic_leveled_overload<"<T: ordered>(xs: list<T>, descending: const bool = false) -> list<T>", Sort,
                                           bool, int64_t, double, Text>()},
    .edges = {{"elements are null", "they come last, in both directions"},
              {"elements are equal", "they stay in their order"},
              {"the list is empty", "an empty list"}},
    .examples = {{"sort([3, 1, 2])", "[1, 2, 3]"}, {"sort([\"b\", \"a\"], descending = true)", "[\"b\", \"a\"]"}},
    .cost = {.per_row = 20.0, .per_element = 8.0},
    .aliases = "array_sort list_sort sort_array order sorted sort_desc",
    .see_also = "sort_by top reverse",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
