// log10(x): the logarithm to base 10.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Log10 {
  static double eval(double x) { return math::log10(x); }
};

constexpr Operator kOperator = {
    .name = "log10",
    .summary = "Take the logarithm to base 10",
    .detail = "Exact for the powers of ten that a float holds exactly.",
    .parameters = {{"x", "the number, above 0"}},
    .overloads = {overload<"(x: float) -> float", Log10>()},
    .edges = {{"`x` is zero or negative", "null"}},
    .examples = {{"log10(1000.0)", "3.0"}, {"log10(0.0)", "null"}},
    .cost = {.per_row = 0.8},
    .aliases = "logarithm10",
    .see_also = "log log2",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
