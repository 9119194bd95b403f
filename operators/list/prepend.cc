// prepend(xs, x): one more element at the beginning.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Prepend {
  static void eval(List<T> xs, T x, ListBuilder<T>& result) {
    result.reserve(xs.size() + 1);
    result.push_back(x);
    for (uint32_t i = 0; i < xs.size(); ++i) result.push_element(xs, i);
  }
};

constexpr Operator kOperator = {
    .name = "prepend",
    .summary = "Add a value at the beginning of a list",
    .parameters = {{"xs", "the list"}, {"x", "the value"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, x: T) -> list<T>", Prepend, bool, int64_t, double, Text>()},
    .edges = {{"`x` is null", "null"}, {"the list is empty", "a list of one element"}},
    .examples = {{"prepend([1, 2], 0)", "[0, 1, 2]"}},
    .cost = {.per_row = 5.0, .per_element = 0.7},
    .aliases = "array_prepend list_prepend push_front add_first",
    .see_also = "append concat",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
