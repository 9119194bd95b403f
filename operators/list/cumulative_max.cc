// cumulative_max(xs): the greatest element so far.
#include "feature_extractor/extremes.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct CumulativeMax {
  static void eval(List<T> xs, ListBuilder<T>& result) { cumulative_extreme<Greatest>(xs, result); }
};

constexpr Operator kOperator = {
    .name = "cumulative_max",
    .summary = "Give for each element the greatest one from the beginning of the list to it",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> list<T>", CumulativeMax, int64_t, double>()},
    .edges = {{"an element is null", "null in its place; the next one goes on"},
              {"the list is empty", "an empty list"}},
    .examples = {{"cumulative_max([2, 1, 3])", "[2, 2, 3]"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .aliases = "cummax running_max cumulative_maximum",
    .see_also = "cumulative_sum max moving_average",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
