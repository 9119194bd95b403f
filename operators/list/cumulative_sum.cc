// cumulative_sum(xs): the running total.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct CumulativeSum {
  static void eval(List<T> xs, ListBuilder<T>& result) {
    result.reserve(xs.size());
    T total = 0;
    bool overflow = false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) {
        result.push_null();
        continue;
      }
      if constexpr (std::is_same_v<T, double>) {
        total += xs[i];
        overflow |= !(__builtin_fabs(total) <= 1.7976931348623157e308);
      } else {
        overflow |= __builtin_add_overflow(total, xs[i], &total);
      }
      overflow ? result.push_null() : result.push_back(total);
    }
  }
};

constexpr Operator kOperator = {
    .name = "cumulative_sum",
    .summary = "Add up a list from its beginning to each element",
    .detail = "Floats are added from left to right, so the last total may differ from `sum(xs)` in its last bits.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> list<T>", CumulativeSum, int64_t, double>()},
    .edges = {{"an element is null", "null in its place; the total goes on"},
              {"the total overflows", "null from there on"},
              {"the list is empty", "an empty list"}},
    .examples = {{"cumulative_sum([1, 2, 3])", "[1, 3, 6]"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .aliases = "cumsum running_sum running_total array_cum_sum prefix_sum",
    .see_also = "differences sum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
