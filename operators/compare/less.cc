// less(x, y): x < y.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Less {
  static bool eval(T x, T y) { return x < y; }
};

constexpr Operator kOperator = {
    .name = "less",
    .summary = "Tell whether the left side is less than the right one",
    .detail = "Both sides have one type; an int beside a float is made a float first.",
    .syntax = "<",
    .parameters = {{"x", "the left side"}, {"y", "the right side"}},
    .overloads = {generic_overload<"<T: ordered>(x: T, y: T) -> bool", Less, bool, int64_t, double, Text>()},
    .edges = {{"strings", "compared by code point, which is the order of their UTF-8 bytes; no locale"},
              {"bools", "`false` comes before `true`"},
              {"a side is null", "null"}},
    .examples = {{"1 < 2", "true"}, {"\"b\" < \"a\"", "false"}, {"1h < 1d", "true"}},
    .cost = {.per_row = 0.3},
    .algebra = "",
    .aliases = "lt less_than",
    .see_also = "less_equal greater between",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
