// ceil(x): a float rounded up, as an int.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Ceil {
  static Nullable<int64_t> eval(double x) { return integer::from_whole(math::ceil(x)); }
};

constexpr Operator kOperator = {
    .name = "ceil",
    .summary = "Round a float up, to the smallest int that is not below it",
    .detail = "The result is an int.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> int", Ceil>()},
    .edges = {{"the result does not fit 64 bits", "null"}},
    .examples = {{"ceil(2.1)", "3"}, {"ceil(-2.7)", "-2"}, {"ceil(1e19)", "null"}},
    .cost = {.per_row = 0.5},
    .aliases = "ceiling round_up",
    .see_also = "floor trunc round",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
