// flatten(xs): the elements of a list's lists.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Flatten {
  static void eval(List<List<T>> xs, ListBuilder<T>& result) {
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      const List<T> inner = xs[i];
      result.reserve(inner.size());
      for (uint32_t j = 0; j < inner.size(); ++j) result.push_element(inner, j);
    }
  }
};

constexpr Operator kOperator = {
    .name = "flatten",
    .summary = "Put the lists of a list behind each other",
    .detail =
        "One level is taken away. `history.map(e -> e.tags).flatten()` lists all tags of all events, ready for "
        "`count_values` or `intersect`.",
    .parameters = {{"xs", "the list of lists"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<list<T>>) -> list<T>", Flatten, bool, int64_t, double, Text>()},
    .edges = {{"an inner list is null or empty", "it adds nothing"},
              {"an element of an inner list is null", "a null element"},
              {"the list is empty", "an empty list"}},
    .examples = {{"flatten([\"a b\", \"c\"].map(s -> split(s, \" \")))", "[\"a\", \"b\", \"c\"]"}},
    .cost = {.per_row = 6.0, .per_element = 1.5},
    .aliases = "explode unnest array_flatten flat_map concat_lists chain",
    .see_also = "concat map",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
