// to_float(x): an int or a bool as a float.
#include "feature_extractor/integer.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct IntToFloat {
  static double eval(int64_t x) { return integer::to_float(x); }
};

struct BoolToFloat {
  static double eval(bool x) { return x ? 1.0 : 0.0; }
};

constexpr Operator kOperator = {
    .name = "to_float",
    .summary = "Make a float of an int or a bool",
    .detail =
        "The compiler writes this where an int meets a float. An int above 2^53 in magnitude may have no "
        "float of its own and becomes the nearest one, a tie going to the even one. `true` is 1.0 and "
        "`false` 0.0.",
    .syntax = "to_float",
    .parameters = {{"x", "the value"}},
    .overloads = {overload<"(x: int) -> float", IntToFloat>(), overload<"(x: bool) -> float", BoolToFloat>()},
    .edges = {{"the int has no exact float", "the nearest float"}},
    .examples = {{"to_float(3)", "3.0"},
                 {"to_float(true)", "1.0"},
                 {"to_float(9007199254740993)", "9007199254740992.0"}},
    .cost = {.per_row = 0.2},
    .aliases = "float double cast_float float64 astype",
    .see_also = "to_int",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
