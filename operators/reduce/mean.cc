// mean(xs), mean(xs, f): the arithmetic mean.
#include "feature_extractor/operator.h"
#include "feature_extractor/reductions.h"

namespace feature_extractor {
namespace {

template <class K>
using MeanOf = ReducedFunction<Mean, K>;

constexpr Operator kOperator = {
    .name = "mean",
    .summary = "Take the arithmetic mean of a list, or of a function of its elements",
    .detail = "The sum (see `sum`) divided by the number of elements that are not null.",
    .parameters = {{"xs", "the list"}, {"f", "the number to average for each element"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", Mean, int64_t, double>(),
                  generic_overload<"<T: any, K: number>(xs: list<T>, f: T -> K) -> float?", MeanOf, int64_t, double>()},
    .edges = {{"the list is empty, or all elements are null", "null"},
              {"an element is null", "it is skipped, and does not count in the denominator"},
              {"the sum of the ints does not fit 64 bits", "it is exact all the same"},
              {"the sum of the floats is not finite", "null"}},
    .examples = {{"mean([1, 2])", "1.5"}, {"mean([\"a\", \"bbb\"], s -> length(s))", "2.0"}},
    .cost = {.per_row = 5.0, .per_element = 0.4},
    .equi_join = "mean_equal(xs.map(k), xs.map(f), outer)",
    .aliases = "avg average reduce_mean list_avg list_mean array_average",
    .see_also = "median weighted_mean sum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
