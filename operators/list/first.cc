// first(xs): the first element.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct First {
  static Nullable<Span> eval(List<Any> xs) { return Nullable<Span>::where(!xs.empty(), {0, 1}); }
};

constexpr Operator kOperator = {
    .name = "first",
    .summary = "Take the first element of a list",
    .parameters = {{"xs", "the list"}},
    .overloads = {overload<"<T: any>(xs: list<T>) -> T?", First>()},
    .edges = {{"the list is empty", "null"}, {"the first element is null", "null; later elements are not looked at"}},
    .examples = {{"first([3, 1, 2])", "3"}, {"first([\"a\"])", "\"a\""}},
    .cost = {.per_row = 1.5},
    .aliases = "head element_at list_first array_first first_value",
    .see_also = "last get find_first take_first",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
