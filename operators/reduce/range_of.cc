// range_of(xs): the greatest element minus the least.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct RangeOf {
  static Nullable<T> eval(List<T> xs) {
    T least = 0;
    T greatest = 0;
    bool found = false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      const T x = xs[i];
      least = !found || x < least ? x : least;
      greatest = !found || x > greatest ? x : greatest;
      found = true;
    }
    if constexpr (std::is_same_v<T, double>) {
      return Nullable<T>::where(found, greatest - least);
    } else {
      int64_t range;
      const bool overflow = __builtin_sub_overflow(greatest, least, &range);
      return Nullable<T>::where(found && !overflow, range);
    }
  }
};

constexpr Operator kOperator = {
    .name = "range_of",
    .summary = "Subtract the least element of a list from the greatest",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> T?", RangeOf, int64_t, double>()},
    .edges = {{"the list is empty, or all elements are null", "null"},
              {"an element is null", "it is skipped"},
              {"the list has one element", "0"},
              {"the difference does not fit 64 bits, or is not finite", "null"}},
    .examples = {{"range_of([3, 10, 5])", "7"}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "ptp spread max_minus_min peak_to_peak",
    .see_also = "min max stddev",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
