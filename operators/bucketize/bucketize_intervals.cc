// bucketize_intervals(x, starts, ends, ids, otherwise): the id of the interval that holds x.
#include "feature_extractor/operator.h"

#include <optional>
#include <vector>

namespace feature_extractor {
namespace {

struct BucketizeIntervals {
  static constexpr uint32_t kMostIntervals = 1024;
  struct Interval {
    double start;
    double end;
    int64_t id;
  };
  struct State {
    std::vector<Interval> intervals;  // The last one first.
    int64_t otherwise;
  };

  static std::optional<State> bind(List<double> starts, List<double> ends, List<int64_t> ids, int64_t otherwise,
                                   BindError& error) {
    const uint32_t size = starts.size();
    if (size != ends.size() || size != ids.size() || size > kMostIntervals) {
      error.set("There must be as many ends and ids as starts, at most 1,024.");
      return std::nullopt;
    }
    State state{{}, otherwise};
    for (uint32_t i = size; i-- > 0;) {
      if (starts.is_null(i) || ends.is_null(i) || ids.is_null(i)) {
        error.set("Starts, ends and ids of intervals may not be null.");
        return std::nullopt;
      }
      state.intervals.push_back({starts[i], ends[i], ids[i]});
    }
    return state;
  }

  static int64_t eval(const State& state, double x) {
    int64_t id = state.otherwise;
    for (const Interval& interval : state.intervals) {
      id = (x >= interval.start) & (x < interval.end) ? interval.id : id;
    }
    return id;
  }
};

constexpr Operator kOperator = {
    .name = "bucketize_intervals",
    .summary = "Give the id of the first of some intervals that holds a number",
    .detail = "For intervals with gaps, overlaps or ids of their own; for intervals side by side see `bucketize`.",
    .parameters = {{"x", "the number"},
                   {"starts", "the start of each interval, which belongs to it"},
                   {"ends", "the end of each interval, which does not belong to it"},
                   {"ids", "the id of each interval"},
                   {"otherwise", "the id of a number that no interval holds"}},
    .overloads = {overload<"(x: float, starts: const list<float>, ends: const list<float>, ids: const list<int>, "
                           "otherwise: const int = 0) -> int",
                           BucketizeIntervals>()},
    .edges = {{"no interval holds `x`", "`otherwise`"},
              {"several intervals hold `x`", "the first of them"},
              {"an interval's end is not above its start", "it holds nothing"},
              {"lists of different lengths, or with null", "an error of the program"}},
    .examples = {{"bucketize_intervals(15.0, [0.0, 10.0], [5.0, 20.0], [1, 2])", "2"},
                 {"bucketize_intervals(7.0, [0.0, 10.0], [5.0, 20.0], [1, 2], -1)", "-1"}},
    .cost = {.per_row = 3.0, .per_element = 0.0},
    .aliases = "bucketize_dict interval_id range_map",
    .see_also = "bucketize between",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
