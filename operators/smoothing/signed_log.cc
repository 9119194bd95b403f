// signed_log(x): log1p that keeps the sign.
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SignedLog {
  static double eval(double x) { return math::with_sign_of(math::log1p(math::magnitude(x)), x) + 0.0; }
};

constexpr Operator kOperator = {
    .name = "signed_log",
    .summary = "Compress a number of either sign by a logarithm",
    .detail = "`sign(x) * log1p(abs(x))`: 0 stays 0, and numbers near zero hardly change.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> float", SignedLog>()},
    .edges = {{"`x` is negative", "the result of its magnitude, negative; never null"}},
    .examples = {{"signed_log(0.0)", "0.0"}, {"signed_log(-1.0)", "-0.6931471805599453"}},
    .cost = {.per_row = 0.8},
    .aliases = "symlog signed_log1p sign_log",
    .see_also = "log1p sign",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
