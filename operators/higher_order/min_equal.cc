// min_equal(keys, values, key): the planner's form of `min` over the elements that a filter by equality keeps.
#include "feature_extractor/joined_reduction.h"
#include "feature_extractor/operator.h"
#include "feature_extractor/reductions.h"

namespace feature_extractor {
namespace {

constexpr Operator kOperator = {
    .name = "min_equal",
    .summary = "Take the least value of the elements whose key equals a value",
    .detail =
        "Written by the planner for `min(filter(xs, e -> key(e) == value), f)`, where several conditions compare that "
        "key and `f` is a field. Rows that share the lists share one table, in which the elements of each key are "
        "reduced once.",
    .parameters = {{"keys", "the key of each element"},
                   {"values", "the value of each element"},
                   {"key", "the key of the elements to take"}},
    .overloads =
        {overload<"(keys: list<int>, values: list<int>, key: int) -> int?", JoinedReductionOf<Min, int64_t>>(),
         overload<"(keys: list<int>, values: list<float>, key: int) -> float?", JoinedReductionOf<Min, double>>(),
         overload<"(keys: list<int>, values: list<timestamp>, key: int) -> timestamp?",
                  JoinedReductionOf<Min, Timestamp>>(),
         overload<"(keys: list<int>, values: list<duration>, key: int) -> duration?",
                  JoinedReductionOf<Min, Duration>>()},
    .edges = {{"no key equals the value", "null"},
              {"a list is empty, or all values are null", "null"},
              {"a key or a value is null", "its element is skipped"}},
    .examples = {{"min_equal([1, 2, 1], [10, 20, 30], 1)", "10"}, {"min_equal([1], [0.5], 2)", "null"}},
    .cost = {.per_row = 6.0, .per_element = 0.5},
    .role = "hidden",
    .see_also = "min filter_equal",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
