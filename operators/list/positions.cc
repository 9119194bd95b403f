// positions(xs): 0, 1, 2, ... for the elements of a list.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Positions {
  static void eval(List<Any> xs, ListBuilder<int64_t>& result) {
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) result.push_back(static_cast<int64_t>(i));
  }
};

constexpr Operator kOperator = {
    .name = "positions",
    .summary = "Number the elements of a list from 0",
    .detail =
        "The list 0, 1, ..., length - 1: what a lambda needs to use the position of an element, as in "
        "`positions(xs).map(i -> xs[i])`.",
    .parameters = {{"xs", "the list"}},
    .overloads = {overload<"<T: any>(xs: list<T>) -> list<int>", Positions>()},
    .edges = {{"an element is null", "it has its position like any other"}, {"the list is empty", "an empty list"}},
    .examples = {{"positions([\"a\", \"b\"])", "[0, 1]"}},
    .cost = {.per_row = 3.0, .per_element = 0.5},
    .aliases = "enumerate indices arange array_enumerate",
    .see_also = "range length index_of",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
