// log2(x): the logarithm to base 2.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Log2 {
  static double eval(double x) { return math::log2(x); }
};

constexpr Operator kOperator = {
    .name = "log2",
    .summary = "Take the logarithm to base 2",
    .detail = "Exact for powers of two.",
    .parameters = {{"x", "the number, above 0"}},
    .overloads = {overload<"(x: float) -> float", Log2>()},
    .edges = {{"`x` is zero or negative", "null"}},
    .examples = {{"log2(8.0)", "3.0"}, {"log2(0.0)", "null"}},
    .cost = {.per_row = 0.8},
    .aliases = "logarithm2",
    .see_also = "log log10",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
