// append(xs, x): one more element at the end.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Append {
  static void eval(List<T> xs, T x, ListBuilder<T>& result) {
    result.reserve(xs.size() + 1);
    for (uint32_t i = 0; i < xs.size(); ++i) result.push_element(xs, i);
    result.push_back(x);
  }
};

constexpr Operator kOperator = {
    .name = "append",
    .summary = "Add a value at the end of a list",
    .parameters = {{"xs", "the list"}, {"x", "the value"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, x: T) -> list<T>", Append, bool, int64_t, double, Text>()},
    .edges = {{"`x` is null", "null"}, {"the list is empty", "a list of one element"}},
    .examples = {{"append([1, 2], 3)", "[1, 2, 3]"}},
    .cost = {.per_row = 5.0, .per_element = 0.7},
    .aliases = "array_append list_append push_back add_last",
    .see_also = "prepend concat",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
