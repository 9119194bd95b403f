// trunc(x): a float rounded towards zero, as an int.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Trunc {
  static Nullable<int64_t> eval(double x) { return integer::from_whole(math::trunc(x)); }
};

constexpr Operator kOperator = {
    .name = "trunc",
    .summary = "Round a float towards zero, to its whole part",
    .detail = "The result is an int.",
    .parameters = {{"x", "the number"}},
    .overloads = {overload<"(x: float) -> int", Trunc>()},
    .edges = {{"the result does not fit 64 bits", "null"}},
    .examples = {{"trunc(2.7)", "2"}, {"trunc(-2.7)", "-2"}, {"trunc(1e19)", "null"}},
    .cost = {.per_row = 0.5},
    .aliases = "truncate fix",
    .see_also = "floor ceil round to_int",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
