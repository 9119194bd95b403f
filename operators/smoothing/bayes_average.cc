// bayes_average(sum, count, prior_mean, prior_weight): a mean drawn towards a prior.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BayesAverage {
  static Nullable<double> eval(double sum, double count, double prior_mean, double prior_weight) {
    // Divided by infinity, a number would look like 0.
    const double total = count + prior_weight;
    return Nullable<double>::where(math::magnitude(total) <= math::kLargest, (sum + prior_mean * prior_weight) / total);
  }
};

constexpr Operator kOperator = {
    .name = "bayes_average",
    .summary = "Estimate a mean from few values by drawing it towards a prior mean",
    .detail =
        "`(sum + prior_mean * prior_weight) / (count + prior_weight)`: as if `prior_weight` more values of "
        "`prior_mean` had been seen. Target encoding with smoothing is the same formula.",
    .parameters = {{"sum", "the sum of the values"},
                   {"count", "the number of values"},
                   {"prior_mean", "the mean to expect without any value"},
                   {"prior_weight", "how many values the prior is worth"}},
    .overloads =
        {overload<"(sum: float, count: float, prior_mean: float, prior_weight: float) -> float", BayesAverage>()},
    .edges = {{"`count` is zero", "`prior_mean`"},
              {"`count + prior_weight` is zero, or a sum is not finite", "null"},
              {"`count` or `prior_weight` is negative", "the formula, which may leave the range of the values"}},
    .examples = {{"bayes_average(0, 0, 3.5, 4)", "3.5"}, {"bayes_average(20, 4, 3, 4)", "4.0"}},
    .cost = {.per_row = 0.7},
    .aliases = "bayes_avg bayesian_average damped_mean imdb_rating target_encode",
    .see_also = "smooth",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
