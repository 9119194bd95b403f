// stddev(xs, ddof): the square root of the variance.
#include "feature_extractor/operator.h"
#include "feature_extractor/moments.h"

namespace feature_extractor {
namespace {

template <class T>
struct StandardDeviation {
  static Nullable<double> eval(List<T> xs, int64_t ddof) {
    const Nullable<double> variance = variance_of(xs, ddof);
    return Nullable<double>::where(variance.has_value(), __builtin_sqrt(*variance));
  }
};

constexpr Operator kOperator = {
    .name = "stddev",
    .summary = "Take the standard deviation of a list",
    .detail =
        "The square root of `variance`: ddof = 1 is the deviation of a sample, ddof = 0 that of a whole population.",
    .parameters = {{"xs", "the list"}, {"ddof", "what to take from n in the denominator"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>, ddof: const int[0..1] = 1) -> float?", StandardDeviation,
                                   int64_t, double>()},
    .edges = {{"the list has `ddof` elements or fewer", "null"},
              {"all elements are equal", "0"},
              {"an element is null", "it is skipped"},
              {"the squares of the deviations are too large for a float", "null"}},
    .examples = {{"stddev([1, 3], ddof = 0)", "1.0"}, {"stddev([2, 4, 6])", "2.0"}},
    .cost = {.per_row = 12.0, .per_element = 0.7},
    .aliases = "std std_dev stddev_samp stddev_pop standard_deviation",
    .see_also = "variance mean",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
