// histogram(xs, boundaries): how many elements lie in each of the intervals between boundaries.
#include "feature_extractor/boundaries.h"
#include "feature_extractor/operator.h"

#include <optional>
#include <vector>

namespace feature_extractor {
namespace {

template <class T>
struct Histogram {
  struct State {
    std::vector<T> boundaries;
  };

  static std::optional<State> bind(List<T> boundaries, BindError& error) {
    if (!boundaries_grow(boundaries, error)) return std::nullopt;
    State state;
    for (uint32_t i = 0; i < boundaries.size(); ++i) state.boundaries.push_back(boundaries[i]);
    return state;
  }

  static void eval(Arena& arena, const State& state, List<T> xs, ListBuilder<int64_t>& result) {
    Arena::Scope scope(arena);
    const T* boundaries = state.boundaries.data();
    const size_t buckets = state.boundaries.size() + 1;
    auto* counts = arena.allocate_array<int64_t>(buckets);
    for (size_t b = 0; b < buckets; ++b) counts[b] = 0;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      const T x = xs[i];
      // A binary search without branches: where an element falls is hard to predict.
      size_t bucket = 0;
      size_t left = buckets - 1;
      while (left > 1) {
        const size_t half = left / 2;
        bucket += half & (size_t{0} - (boundaries[bucket + half - 1] <= x ? 1 : 0));
        left -= half;
      }
      if (left == 1) bucket += boundaries[bucket] <= x ? 1 : 0;
      ++counts[bucket];
    }
    result.reserve(static_cast<uint32_t>(buckets));
    for (size_t b = 0; b < buckets; ++b) result.push_back(counts[b]);
  }
};

constexpr Operator kOperator = {
    .name = "histogram",
    .summary = "Count the elements of a list in each interval between boundaries",
    .detail =
        "n boundaries make n + 1 counts; an element counts in the bucket that `bucketize` gives it. Of ages it is the "
        "number of events per time bucket, and its `cumulative_sum()` the number in each of several windows: "
        "`history.map(e -> total_days(now - e.at)).histogram([1.0, 7.0, 30.0])`.",
    .parameters = {{"xs", "the list"}, {"boundaries", "the boundaries, strictly increasing"}},
    .overloads = {overload<"(xs: list<int>, boundaries: const list<int>) -> list<int>", Histogram<int64_t>>(),
                  overload<"(xs: list<float>, boundaries: const list<float>) -> list<int>", Histogram<double>>()},
    .edges = {{"an element equals a boundary", "it counts in the bucket to the right of it"},
              {"an element is null", "it does not count"},
              {"the list is empty", "as many zeros as there are buckets"},
              {"no boundaries", "one count"},
              {"boundaries that do not grow", "an error of the program"}},
    .examples = {{"histogram([1, 5, 7, 30], [5, 10])", "[1, 2, 1]"},
                 {"histogram([0.5, 2.0], [1.0, 2.0, 3.0])", "[1, 0, 1, 0]"}},
    .cost = {.per_row = 12.0, .per_element = 3.0},
    .aliases = "bin_counts width_bucket_counts window_count bincount hist",
    .see_also = "bucketize count_values cumulative_sum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
