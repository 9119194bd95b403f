// variance(xs, ddof): the mean squared deviation from the mean.
#include "feature_extractor/operator.h"
#include "feature_extractor/moments.h"

namespace feature_extractor {
namespace {

template <class T>
struct Variance {
  static Nullable<double> eval(List<T> xs, int64_t ddof) { return variance_of(xs, ddof); }
};

constexpr Operator kOperator = {
    .name = "variance",
    .summary = "Measure how far the elements of a list spread around their mean",
    .detail =
        "The sum of (x - mean)^2 divided by n - ddof, where n is the number of elements that are not null: ddof = 1 is "
        "the sample variance, ddof = 0 that of a whole population. Computed in two passes, each summed as `sum` does.",
    .parameters = {{"xs", "the list"}, {"ddof", "what to take from n in the denominator"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>, ddof: const int[0..1] = 1) -> float?", Variance, int64_t,
                                   double>()},
    .edges = {{"the list has `ddof` elements or fewer", "null"},
              {"all elements are equal", "0"},
              {"an element is null", "it is skipped"},
              {"the squares of the deviations are too large for a float", "null"}},
    .examples = {{"variance([1, 2, 3, 4])", "1.6666666666666667"}, {"variance([1, 3], ddof = 0)", "1.0"}},
    .cost = {.per_row = 8.0, .per_element = 0.7},
    .aliases = "var var_samp var_pop list_var_samp",
    .see_also = "stddev mean",
    .source = "Chan, Golub, LeVeque: Algorithms for computing the sample variance (1983), the two-pass algorithm",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
