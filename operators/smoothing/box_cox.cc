// box_cox(x, lambda): a power transform of positive numbers.
#include "feature_extractor/operator.h"
#include "feature_extractor/power_transform.h"

namespace feature_extractor {
namespace {

struct BoxCox {
  static Nullable<double> eval(double x, double lambda) {
    return Nullable<double>::where(x > 0.0, power_transform(x, math::log(x), lambda));
  }
};

constexpr Operator kOperator = {
    .name = "box_cox",
    .summary = "Make the distribution of positive numbers more symmetric, by a power",
    .detail = "`(x ** lambda - 1) / lambda`, and `log(x)` where `lambda` is 0.",
    .parameters = {{"x", "the number, above 0"},
                   {"lambda", "the power, fitted to the data; 1 leaves the shape as it is"}},
    .overloads = {overload<"(x: float, lambda: float) -> float", BoxCox>()},
    .edges = {{"`x` is zero or negative", "null; `yeo_johnson` takes them"},
              {"`lambda` is 0", "`log(x)`"},
              {"the result is not finite", "null"}},
    .examples = {{"box_cox(3.0, 1.0)", "2.0"}, {"box_cox(1.0, 0.5)", "0.0"}, {"box_cox(-1.0, 2.0)", "null"}},
    .cost = {.per_row = 12.0, .per_element = 0.0},
    .aliases = "boxcox power_transform PowerTransformer BoxCoxTransformer",
    .see_also = "yeo_johnson log signed_log",
    .source = "G. E. P. Box and D. R. Cox, An analysis of transformations, J. Royal Stat. Soc. B 26 (1964)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
