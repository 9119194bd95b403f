// cumulative_min(xs): the least element so far.
#include "feature_extractor/extremes.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct CumulativeMin {
  static void eval(List<T> xs, ListBuilder<T>& result) { cumulative_extreme<Least>(xs, result); }
};

constexpr Operator kOperator = {
    .name = "cumulative_min",
    .summary = "Give for each element the least one from the beginning of the list to it",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> list<T>", CumulativeMin, int64_t, double>()},
    .edges = {{"an element is null", "null in its place; the next one goes on"},
              {"the list is empty", "an empty list"}},
    .examples = {{"cumulative_min([2, 1, 3])", "[2, 1, 1]"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .aliases = "cummin running_min cumulative_minimum",
    .see_also = "cumulative_sum min moving_average",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
