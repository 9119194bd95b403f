// top_share(xs): the share of the most frequent value.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {
namespace {

template <class T>
struct TopShare {
  static Nullable<double> eval(Arena& arena, List<T> xs) {
    Arena::Scope scope(arena);
    const ValueCounts<T> values(xs, arena);
    if (values.size == 0) return null;
    return static_cast<double>(values.counts[values.most_frequent()]) / static_cast<double>(count_present(xs));
  }
};

constexpr Operator kOperator = {
    .name = "top_share",
    .summary = "Give the share of a list that its most frequent value has",
    .detail =
        "1 where a user always chooses the same, close to 0 where the choices vary; see `entropy` for a measure of all "
        "values.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> float?", TopShare, bool, int64_t, double, Text>()},
    .edges = {{"an element is null", "it does not count"},
              {"the list is empty, or all elements are null", "null; OpenMLDB gives 0"}},
    .examples = {{"top_share([1, 2, 2, 3])", "0.5"}, {"top_share([\"a\"])", "1.0"}},
    .cost = {.per_row = 20.0, .per_element = 3.0},
    .aliases = "top1_ratio mode_share concentration",
    .see_also = "mode entropy distinct_count",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
