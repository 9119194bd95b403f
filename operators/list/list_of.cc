// list_of(a, b, ...): a list of the given values, which is also what brackets mean.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct ListOf {
  static void eval(Variadic<T> values, ListBuilder<T>& result) {
    result.reserve(values.size());
    for (uint32_t i = 0; i < values.size(); ++i) {
      values.is_null(i) ? result.push_null() : result.push_back(values[i]);
    }
  }
};

constexpr Operator kOperator = {
    .name = "list_of",
    .summary = "Make a list of values",
    .detail = "`[a, b]` is the same as `list_of(a, b)`.",
    .syntax = "list",
    .parameters = {{"values", "the elements"}},
    .overloads = {generic_overload<"<T: scalar>(values: T?...) -> list<T>", ListOf, bool, int64_t, double, Text>()},
    .edges = {{"a value is null", "a null element; the list itself is never null"}},
    .examples = {{"list_of(1, 2)", "[1, 2]"}, {"[1 + 1, 5]", "[2, 5]"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .aliases = "array list make_array list_value pack",
    .see_also = "concat append remove_nulls",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
