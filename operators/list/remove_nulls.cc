// remove_nulls(xs): a list without its null elements.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct RemoveNulls {
  static void eval(List<T> xs, Selection& kept) {
    kept.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (!xs.is_null(i)) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "remove_nulls",
    .summary = "Leave out the null elements of a list",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> list<T>", RemoveNulls, bool, int64_t, double, Text>()},
    .edges = {{"all elements are null", "an empty list"}, {"no element is null", "the same list"}},
    .examples = {{"remove_nulls([1, null, 3])", "[1, 3]"}},
    .cost = {.per_row = 3.0, .per_element = 0.7},
    .algebra = "idempotent",
    .aliases = "array_compact compact drop_nulls dropna array_remove_nulls list_drop_nulls",
    .see_also = "filter count",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
