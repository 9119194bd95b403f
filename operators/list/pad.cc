// pad(xs, size, value): a list filled up to a length.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

constexpr int64_t kLongestPadded = 4096;

template <class T>
struct Pad {
  static void eval(List<T> xs, int64_t size, T value, ListBuilder<T>& result) {
    const int64_t limit = size > kLongestPadded ? kLongestPadded : size;
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) result.push_element(xs, i);
    for (int64_t i = xs.size(); i < limit; ++i) result.push_back(value);
  }
};

constexpr Operator kOperator = {
    .name = "pad",
    .summary = "Fill a list up to a length with a value",
    .detail = "The value is added at the end. A list that is long enough stays as it is; `take_first` shortens one.",
    .parameters = {{"xs", "the list"},
                   {"size", "the length to reach, at most 4,096"},
                   {"value", "what to fill up with"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, size: int, value: T) -> list<T>", Pad, bool, int64_t,
                                   double, Text>()},
    .edges = {{"the list is empty", "`size` times the value"},
              {"the list has `size` or more elements, or `size` is negative", "it stays"},
              {"`size` is more than 4,096", "filled up to 4,096"},
              {"an element is null", "it stays null"}},
    .examples = {{"pad([1, 2], 4, 0)", "[1, 2, 0, 0]"}},
    .cost = {.per_row = 5.0, .per_element = 0.7},
    .aliases = "array_pad list_resize array_resize fill_up",
    .see_also = "take_first repeat_value",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
