// smooth(hits, trials, prior, weight): a rate drawn towards a prior.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Smooth {
  static Nullable<double> eval(double hits, double trials, double prior, double weight) {
    // Divided by infinity, a number would look like 0.
    const double total = trials + weight;
    return Nullable<double>::where(math::magnitude(total) <= math::kLargest, (hits + prior * weight) / total);
  }
};

constexpr Operator kOperator = {
    .name = "smooth",
    .summary = "Estimate a rate from few trials by drawing it towards a prior rate",
    .detail =
        "`(hits + prior * weight) / (trials + weight)`: as if `weight` more trials had been seen that hit "
        "at the rate `prior`. This is the mean of a beta posterior with alpha = prior * weight and beta = "
        "(1 - prior) * weight.",
    .parameters = {{"hits", "how often it happened, such as clicks"},
                   {"trials", "how often it could have happened, such as views"},
                   {"prior", "the rate to expect without any trial"},
                   {"weight", "how many trials the prior is worth"}},
    .overloads = {overload<"(hits: float, trials: float, prior: float, weight: float) -> float", Smooth>()},
    .edges = {{"`trials` is zero", "`prior`"},
              {"`trials + weight` is zero, or a sum is not finite", "null"},
              {"more hits than trials, or negative counts", "the formula, which may leave 0..1"}},
    .examples = {{"smooth(0, 0, 0.25, 8)", "0.25"}, {"smooth(3, 8, 0.25, 8)", "0.3125"}},
    .cost = {.per_row = 0.7},
    .aliases = "ctr_smooth smoothed_ctr bayesian_smoothing additive_smoothing laplace target_encode",
    .see_also = "bayes_average wilson_lower ratio",
    .source = "A. Gelman et al., Bayesian Data Analysis, section 2.4",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
