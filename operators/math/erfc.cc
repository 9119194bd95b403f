// erfc(x): the complementary error function.
#include "feature_extractor/math.h"
#include "feature_extractor/math/normal_distribution.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Erfc {
  static double eval(double x) { return math::erfc(x); }
};

constexpr Operator kOperator = {
    .name = "erfc",
    .summary = "Take the complementary error function, 1 - erf(x)",
    .detail = "Keeps its digits where `erf(x)` is nearly 1.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", Erfc>()},
    .edges = {{"`x` is above 27.23", "0.0"}, {"`x` is below -5.9", "2.0"}},
    .examples = {{"erfc(0.0)", "1.0"}, {"erfc(100.0)", "0.0"}},
    .cost = {.per_row = 10.0},
    .aliases = "complementary_error_function",
    .see_also = "erf normal_cdf",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
