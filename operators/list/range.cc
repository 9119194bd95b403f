// range(count): the numbers 0, 1, ..., count - 1.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

constexpr int64_t kLargestRange = 4096;

struct Range {
  static void eval(int64_t count, ListBuilder<int64_t>& result) {
    const int64_t size = count < 0 ? 0 : count > kLargestRange ? kLargestRange : count;
    result.reserve(static_cast<uint32_t>(size));
    for (int64_t i = 0; i < size; ++i) result.push_back(i);
  }
};

constexpr Operator kOperator = {
    .name = "range",
    .summary = "List the numbers from 0 to one less than `count`",
    .parameters = {{"count", "how many numbers, at most 4,096"}},
    .overloads = {overload<"(count: int) -> list<int>", Range>()},
    .edges = {{"`count` is 0 or negative", "an empty list"},
              {"`count` is more than 4,096",
               "the first 4,096 numbers, so that no value of an input can ask for endless memory"}},
    .examples = {{"range(3)", "[0, 1, 2]"}},
    .cost = {.per_row = 3.0, .per_element = 0.5},
    .aliases = "sequence generate_series arange",
    .see_also = "positions repeat_value",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
