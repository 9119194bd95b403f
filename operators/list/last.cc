// last(xs): the last element.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Last {
  static Nullable<Span> eval(List<Any> xs) { return Nullable<Span>::where(!xs.empty(), {xs.size() - 1, 1}); }
};

constexpr Operator kOperator = {
    .name = "last",
    .summary = "Take the last element of a list",
    .parameters = {{"xs", "the list"}},
    .overloads = {overload<"<T: any>(xs: list<T>) -> T?", Last>()},
    .edges = {{"the list is empty", "null"}, {"the last element is null", "null; earlier elements are not looked at"}},
    .examples = {{"last([3, 1, 2])", "2"}, {"last([\"a\"])", "\"a\""}},
    .cost = {.per_row = 1.5},
    .aliases = "list_last array_last last_value",
    .see_also = "first get find_last take_last",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
