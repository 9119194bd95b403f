// sum(xs), sum(xs, f): the total.
#include "feature_extractor/operator.h"
#include "feature_extractor/reductions.h"

namespace feature_extractor {
namespace {

constexpr Operator kOperator = {
    .name = "sum",
    .summary = "Add up a list, or a function of its elements",
    .detail =
        "Ints are added exactly. Floats are added in one fixed order: eight lanes from 0.0; element i goes to lane i "
        "mod 8, a null element as 0.0; in the end the lanes are folded in halves (4 + 4, 2 + 2, 1 + 1).",
    .parameters = {{"xs", "the list"}, {"f", "what to add for each element"}},
    .overloads = {overload<"(xs: list<int>) -> int", Sum<int64_t>>(),
                  overload<"(xs: list<float>) -> float", Sum<double>>(),
                  overload<"(xs: list<duration>) -> duration", Sum<Duration>>(),
                  overload<"<T: any>(xs: list<T>, f: T -> int) -> int", ReducedFunction<Sum, int64_t>>(),
                  overload<"<T: any>(xs: list<T>, f: T -> float) -> float", ReducedFunction<Sum, double>>(),
                  overload<"<T: any>(xs: list<T>, f: T -> duration) -> duration", ReducedFunction<Sum, Duration>>()},
    .edges = {{"the list is empty, or all elements are null", "0"},
              {"an element is null", "it is skipped"},
              {"the sum does not fit 64 bits, or is not finite", "null; sums on the way may be larger"}},
    .examples = {{"sum([1, 2, 3])", "6"}, {"sum([0.5, 0.25])", "0.75"}, {"sum([\"a\", \"bb\"], s -> length(s))", "3"}},
    .cost = {.per_row = 3.0, .per_element = 0.3},
    .equi_join = "sum_equal(xs.map(k), xs.map(f), outer)",
    .aliases = "reduce_sum list_sum array_sum total sum_by",
    .see_also = "mean count cumulative_sum product",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
