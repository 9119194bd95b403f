// to_int(x): the whole part of a float, or a bool as 0 or 1.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct FloatToInt {
  static Nullable<int64_t> eval(double x) { return integer::from_whole(math::trunc(x)); }
};

struct BoolToInt {
  static int64_t eval(bool x) { return x ? 1 : 0; }
};

constexpr Operator kOperator = {
    .name = "to_int",
    .summary = "Make an int of a float or a bool",
    .detail = "A float loses its fraction (it is rounded towards zero); `true` is 1 and `false` 0.",
    .parameters = {{"x", "the value"}},
    .overloads = {overload<"(x: float) -> int", FloatToInt>(), overload<"(x: bool) -> int", BoolToInt>()},
    .edges = {{"the result does not fit 64 bits", "null"}},
    .examples = {{"to_int(2.9)", "2"}, {"to_int(-2.9)", "-2"}, {"to_int(true)", "1"}, {"to_int(1e19)", "null"}},
    .cost = {.per_row = 0.5},
    .aliases = "int cast_int int64 integer bool_to_int astype",
    .see_also = "to_float round floor trunc",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
