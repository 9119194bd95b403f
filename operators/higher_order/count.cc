// count(xs), count(xs, predicate): how many elements exist, or satisfy a condition.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {
namespace {

template <class T>
struct CountPresent {
  static constexpr bool kSimd = true;
  static int64_t eval(List<T> xs) { return count_present(xs); }
};

struct CountIf {
  static constexpr bool kSimd = true;
  static int64_t eval(List<Any> xs, List<bool> predicate) {
    const uint8_t* holds = predicate.data();
    const uint8_t* valid = predicate.valid();
    if (valid == nullptr) return count_ones(holds, xs.size());
    uint32_t count = 0;
    for (uint32_t i = 0; i < xs.size(); ++i) count += holds[i] & valid[i];
    return count;
  }
};

constexpr Operator kOperator = {
    .name = "count",
    .summary = "Count the elements that are not null, or those for which a condition holds",
    .detail = "`length(xs)` counts null elements too.",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> int", CountPresent, bool, int64_t, double, Text>(),
                  overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> int", CountIf>()},
    .edges = {{"the condition is null", "the element does not count"},
              {"the list is empty", "0"},
              {"the list is null", "null"}},
    .examples = {{"count([1, null, 3])", "2"}, {"count([3, 1, 2], x -> x > 1)", "2"}},
    .cost = {.per_row = 2.0, .per_element = 0.1},
    .equi_join = "count_equal(xs.map(k), outer)",
    .membership_join = "count_in(xs.map(k), outer)",
    .aliases = "count_if count_where countif size array_count list_count seq_count",
    .see_also = "length count_value filter any",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
