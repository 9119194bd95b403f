// log(x, base): the natural logarithm, or the one to a base.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Log {
  static double eval(double x) { return math::log(x); }
};

struct LogBase {
  static double eval(double x, double base) { return math::log_base(x, base); }
};

constexpr Operator kOperator = {
    .name = "log",
    .summary = "Take the natural logarithm, or the logarithm to a base",
    .detail =
        "The base comes second, unlike in SQL's `LOG(base, x)`. The logarithm to a base is exact where the "
        "result is a whole number.",
    .parameters = {{"x", "the number, above 0"}, {"base", "the base, above 0 and not 1; e where it is left out"}},
    .overloads = {overload<"(x: float) -> float", Log>(), overload<"(x: float, base: float) -> float", LogBase>()},
    .edges = {{"`x` is zero or negative", "null; in C it is minus infinity or NaN"},
              {"`base` is zero, negative or 1", "null"}},
    .examples = {{"log(1.0)", "0.0"}, {"log(10)", "2.302585092994046"}, {"log(81.0, 3.0)", "4.0"}, {"log(0)", "null"}},
    .cost = {.per_row = 0.6},
    .aliases = "ln natural_logarithm log_base logb",
    .see_also = "log1p log2 log10 exp",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
