// yeo_johnson(x, lambda): a power transform of any numbers.
#include "feature_extractor/operator.h"
#include "feature_extractor/power_transform.h"

namespace feature_extractor {
namespace {

struct YeoJohnson {
  static double eval(double x, double lambda) {
    const double size = math::magnitude(x);
    const bool negative = x < 0.0;
    const double power = math::select(negative, 2.0 - lambda, lambda);
    const double result = power_transform(1.0 + size, math::log1p(size), power);
    return math::select(negative, 0.0 - result, result);
  }
};

constexpr Operator kOperator = {
    .name = "yeo_johnson",
    .summary = "Make the distribution of numbers of either sign more symmetric, by a power",
    .detail =
        "For x of 0 or more `((x + 1) ** lambda - 1) / lambda`, for negative x `-((1 - x) ** (2 - lambda) - 1) / (2 - "
        "lambda)`; where the divisor is 0, the logarithm.",
    .parameters = {{"x", "the number"}, {"lambda", "the power, fitted to the data; 1 leaves the shape as it is"}},
    .overloads = {overload<"(x: float, lambda: float) -> float", YeoJohnson>()},
    .edges = {{"`lambda` is 0 and `x` is not negative", "`log1p(x)`"},
              {"`lambda` is 2 and `x` is negative", "`-log1p(-x)`"},
              {"the result is not finite", "null"}},
    .examples = {{"yeo_johnson(3.0, 1.0)", "3.0"},
                 {"yeo_johnson(-3.0, 1.0)", "-3.0"},
                 {"yeo_johnson(0.0, 0.5)", "0.0"}},
    .cost = {.per_row = 12.0, .per_element = 0.0},
    .aliases = "yeojohnson YeoJohnsonTransformer",
    .see_also = "box_cox signed_log asinh",
    .source = "I.-K. Yeo and R. A. Johnson, A new family of power transformations, Biometrika 87 (2000)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
