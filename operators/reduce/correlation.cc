// correlation(xs, ys): how two lists move together.
#include "feature_extractor/operator.h"
#include "feature_extractor/paired_moments.h"

namespace feature_extractor {
namespace {

struct OfLists {
  static Nullable<double> eval(List<double> xs, List<double> ys) { return correlation_of(paired_moments(xs, ys)); }
};

struct OfVectors {
  static Nullable<double> eval(Vector xs, Vector ys) {
    return correlation_of(paired_moments(
        xs.size < ys.size ? xs.size : ys.size, [](uint32_t) { return true; },
        [=](uint32_t i) { return static_cast<double>(xs.data[i]); },
        [=](uint32_t i) { return static_cast<double>(ys.data[i]); }));
  }
};

constexpr Operator kOperator = {
    .name = "correlation",
    .summary = "Measure how two lists, or vectors, move together",
    .detail =
        "Pearson's correlation: from -1 (one falls as the other rises) to 1 (both rise by the same steps). Elements "
        "are paired by position.",
    .parameters = {{"xs", "the first list or vector"}, {"ys", "the second"}},
    .overloads = {overload<"(xs: list<float>, ys: list<float>) -> float?", OfLists>(),
                  overload<"<N: size>(xs: vector<N>, ys: vector<N>) -> float?", OfVectors>()},
    .edges = {{"an element of a pair is null", "the pair is skipped"},
              {"one list is longer", "its rest is left out"},
              {"fewer than two pairs, or one side does not vary", "null"},
              {"the squares of the deviations are too large, or all too small, for a float", "null"}},
    .examples = {{"correlation([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])", "1.0"},
                 {"correlation([1.0, 2.0], [5.0, 5.0])", "null"}},
    .cost = {.per_row = 40.0, .per_element = 3.0},
    .algebra = "commutative",
    .aliases = "corr pearson pearson_correlation cor",
    .see_also = "covariance cosine slope",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
