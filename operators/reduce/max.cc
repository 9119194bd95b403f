// max(xs), max(xs, f): the greatest element.
#include "feature_extractor/operator.h"
#include "feature_extractor/reductions.h"

namespace feature_extractor {
namespace {

template <class K>
using MaxOf = ReducedFunction<Max, K>;

constexpr Operator kOperator = {
    .name = "max",
    .summary = "Take the greatest element of a list, or the greatest value of a function of its elements",
    .parameters = {{"xs", "the list"}, {"f", "the value to compare"}},
    .overloads =
        {generic_overload<"<T: ordered>(xs: list<T>) -> T?", Max, bool, int64_t, double, Text>(),
         generic_overload<"<T: any, K: ordered>(xs: list<T>, f: T -> K) -> K?", MaxOf, bool, int64_t, double, Text>()},
    .edges = {{"the list is empty, or all elements are null", "null; not 0"},
              {"an element is null", "it is skipped"},
              {"texts", "are ordered by code point"}},
    .examples = {{"max([3, 1, 2])", "3"}, {"max([\"b\", \"a\"])", "\"b\""}, {"max([3, -4], x -> abs(x))", "4"}},
    .cost = {.per_row = 3.0, .per_element = 0.5},
    .equi_join = "max_equal(xs.map(k), xs.map(f), outer)",
    .aliases = "reduce_max list_max array_max greatest",
    .see_also = "min max_by argmax top maximum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
