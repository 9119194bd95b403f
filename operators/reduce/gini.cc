// gini(xs): how unequal the elements of a list are.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"
#include "feature_extractor/ordering.h"

namespace feature_extractor {
namespace {

template <class T>
struct Gini {
  static Nullable<double> eval(Arena& arena, List<T> xs) {
    Arena::Scope scope(arena);
    auto* keys = arena.allocate_array<uint64_t>(xs.size());
    uint32_t count = 0;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      if (xs[i] < T{0}) return null;
      keys[count++] = order_key<T>(xs[i]);
    }
    std::sort(keys, keys + count);
    const auto value = [&](uint32_t i) { return static_cast<double>(value_of_order_key<T>(keys[i])); };
    const double total = lane_sum(count, value);
    // Divided first, so that no product leaves the range of floats.
    const double weighted = lane_sum(count, [&](uint32_t i) {
      return (2.0 * static_cast<double>(i) + 1.0 - static_cast<double>(count)) * (value(i) / total);
    });
    return Nullable<double>::where(count > 0 && total > 0.0 && total <= 1.7976931348623157e308,
                                   weighted / static_cast<double>(count > 0 ? count : 1));
  }
};

constexpr Operator kOperator = {
    .name = "gini",
    .summary = "Measure how unequal the elements of a list are",
    .detail =
        "The Gini coefficient: 0 where all are equal, close to 1 where one element has everything. The sum of `(2 * i "
        "- n - 1) * x[i]` over the sorted elements (i from 1), divided by n times their sum.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> float?", Gini, int64_t, double>()},
    .edges = {{"an element is null", "it is skipped"},
              {"an element is negative", "null"},
              {"the list is empty, or all elements are zero", "null"},
              {"the sum is not finite", "null"}},
    .examples = {{"gini([1, 1, 1])", "0.0"}, {"gini([0, 0, 0, 1])", "0.75"}},
    .cost = {.per_row = 30.0, .per_element = 8.0},
    .aliases = "gini_coefficient gini_index inequality",
    .see_also = "entropy top_share stddev",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
