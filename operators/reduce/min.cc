// min(xs), min(xs, f): the least element.
#include "feature_extractor/operator.h"
#include "feature_extractor/reductions.h"

namespace feature_extractor {
namespace {

template <class K>
using MinOf = ReducedFunction<Min, K>;

constexpr Operator kOperator = {
    .name = "min",
    .summary = "Take the least element of a list, or the least value of a function of its elements",
    .parameters = {{"xs", "the list"}, {"f", "the value to compare"}},
    .overloads =
        {generic_overload<"<T: ordered>(xs: list<T>) -> T?", Min, bool, int64_t, double, Text>(),
         generic_overload<"<T: any, K: ordered>(xs: list<T>, f: T -> K) -> K?", MinOf, bool, int64_t, double, Text>()},
    .edges = {{"the list is empty, or all elements are null", "null"},
              {"an element is null", "it is skipped"},
              {"texts", "are ordered by code point"}},
    .examples = {{"min([3, 1, 2])", "1"}, {"min([\"b\", \"a\"])", "\"a\""}, {"min([3, -4], x -> abs(x))", "3"}},
    .cost = {.per_row = 3.0, .per_element = 0.5},
    .equi_join = "min_equal(xs.map(k), xs.map(f), outer)",
    .aliases = "reduce_min list_min array_min least",
    .see_also = "max min_by argmin minimum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
