// greater_equal(x, y): x >= y.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct GreaterEqual {
  static bool eval(T x, T y) { return x >= y; }
};

constexpr Operator kOperator = {
    .name = "greater_equal",
    .summary = "Tell whether the left side is greater than or equal to the right one",
    .detail = "Both sides have one type; an int beside a float is made a float first.",
    .syntax = ">=",
    .parameters = {{"x", "the left side"}, {"y", "the right side"}},
    .overloads = {generic_overload<"<T: ordered>(x: T, y: T) -> bool", GreaterEqual, bool, int64_t, double, Text>()},
    .edges = {{"strings", "compared by code point, which is the order of their UTF-8 bytes; no locale"},
              {"bools", "`false` comes before `true`"},
              {"a side is null", "null"}},
    .examples = {{"2 >= 2", "true"}, {"1 >= 1.5", "false"}},
    .cost = {.per_row = 0.3},
    .algebra = "",
    .aliases = "ge gte greater_than_or_equal",
    .see_also = "greater less_equal between",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
