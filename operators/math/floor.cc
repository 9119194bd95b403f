// floor(x): a float rounded down, as an int.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Floor {
  static Nullable<int64_t> eval(double x) { return integer::from_whole(math::floor(x)); }
};

constexpr Operator kOperator = {
    .name = "floor",
    .summary = "Round a float down, to the largest int that is not above it",
    .detail = "The result is an int.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> int", Floor>()},
    .edges = {{"the result does not fit 64 bits", "null"}},
    .examples = {{"floor(2.7)", "2"}, {"floor(-2.1)", "-3"}, {"floor(1e19)", "null"}},
    .cost = {.per_row = 0.5},
    .aliases = "round_down",
    .see_also = "ceil trunc round floor_divide",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
