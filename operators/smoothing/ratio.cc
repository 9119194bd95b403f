// ratio(a, b): a divided by b, where a missing ratio is ordinary.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Ratio {
  static Nullable<double> eval(double a, double b) { return Nullable<double>::where(b != 0.0, a / b); }
};

constexpr Operator kOperator = {
    .name = "ratio",
    .summary = "Divide two numbers, where a zero divisor is an ordinary case",
    .detail =
        "The same number as `a / b`, but the type says that it may be null, so that the compiler asks for a "
        "default: `ratio(clicks, views) ?? 0.0`.",
    .parameters = {{"a", "the part"}, {"b", "the whole"}},
    .overloads = {overload<"(a: float, b: float) -> float?", Ratio>()},
    .edges = {{"`b` is zero", "null"}, {"the result is not finite", "null"}},
    .examples = {{"ratio(1, 4)", "0.25"}, {"ratio(1, 0)", "null"}, {"ratio(1, 0) ?? 0.0", "0.0"}},
    .cost = {.per_row = 0.5},
    .aliases = "safe_divide div_or try_divide counter_rate",
    .see_also = "divide smooth coalesce",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
