// map(xs, f): the function applied to each element. The planner makes the lambda's column the result: there is no
// kernel.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

constexpr Operator kOperator = {
    .name = "map",
    .summary = "Apply a function to each element",
    .detail = "The result has as many elements as the list, in the same order.",
    .parameters = {{"xs", "the list"}, {"f", "the function of one element"}},
    .overloads = {mapping_overload<"<T: any, U: any>(xs: list<T>, f: T -> U) -> list<U>">()},
    .edges = {{"the list is empty", "an empty list"}, {"the function gives null", "a null element"}},
    .examples = {{"map([1, 2], x -> x * 10)", "[10, 20]"}},
    .cost = {.per_row = 1.0},
    .aliases = "transform",
    .see_also = "filter",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
