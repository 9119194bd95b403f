// between(x, low, high): low <= x <= high.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Between {
  static bool eval(T x, T low, T high) {
    const bool above = x >= low;
    const bool below = x <= high;
    return above & below;
  }
};

constexpr Operator kOperator = {
    .name = "between",
    .summary = "Tell whether a value lies in a range, both ends included",
    .detail = "`x >= low and x <= high`, as in SQL.",
    .parameters = {{"x", "the value"},
                   {"low", "the least value of the range"},
                   {"high", "the greatest value of the range"}},
    .overloads =
        {generic_overload<"<T: ordered>(x: T, low: T, high: T) -> bool", Between, bool, int64_t, double, Text>()},
    .edges = {{"`low` is greater than `high`", "false"}, {"any of the three is null", "null"}},
    .examples = {{"between(3, 1, 3)", "true"}, {"between(0.5, 1.0, 2.0)", "false"}},
    .cost = {.per_row = 0.4},
    .aliases = "is_between in_range",
    .see_also = "valid_range clip less_equal",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
