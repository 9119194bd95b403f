// repeat_value(x, count): a list of equal elements.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

constexpr int64_t kMostRepeats = 4096;

template <class T>
struct RepeatValue {
  static void eval(T x, int64_t count, ListBuilder<T>& result) {
    const int64_t size = count < 0 ? 0 : count > kMostRepeats ? kMostRepeats : count;
    result.reserve(static_cast<uint32_t>(size));
    for (int64_t i = 0; i < size; ++i) result.push_back(x);
  }
};

constexpr Operator kOperator = {
    .name = "repeat_value",
    .summary = "Make a list of one value, `count` times",
    .parameters = {{"x", "the value"}, {"count", "how many times, at most 4,096"}},
    .overloads =
        {generic_overload<"<T: scalar>(x: T, count: int) -> list<T>", RepeatValue, bool, int64_t, double, Text>()},
    .edges = {{"`count` is 0 or negative", "an empty list"},
              {"`count` is more than 4,096", "4,096 elements"},
              {"`x` is null", "null"}},
    .examples = {{"repeat_value(\"a\", 3)", "[\"a\", \"a\", \"a\"]"}},
    .cost = {.per_row = 4.0, .per_element = 0.5},
    .aliases = "array_repeat list_repeat replicate fill",
    .see_also = "range pad",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
