// differences(xs): each element minus the one before it.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Differences {
  static void eval(List<T> xs, ListBuilder<T>& result) {
    if (xs.size() < 2) return;
    result.reserve(xs.size() - 1);
    for (uint32_t i = 1; i < xs.size(); ++i) {
      const bool exists = !xs.is_null(i) && !xs.is_null(i - 1);
      if constexpr (std::is_same_v<T, double>) {
        const double difference = xs[i] - xs[i - 1];
        exists&& __builtin_fabs(difference) <= 1.7976931348623157e308 ? result.push_back(difference)
                                                                      : result.push_null();
      } else {
        int64_t difference;
        const bool overflow = __builtin_sub_overflow(xs[i], xs[i - 1], &difference);
        exists && !overflow ? result.push_back(difference) : result.push_null();
      }
    }
  }
};

struct TimeDifferences {
  static void eval(List<Timestamp> xs, ListBuilder<Duration>& result) {
    if (xs.size() < 2) return;
    result.reserve(xs.size() - 1);
    for (uint32_t i = 1; i < xs.size(); ++i) {
      int64_t difference;
      const bool overflow = __builtin_sub_overflow(xs[i].microseconds, xs[i - 1].microseconds, &difference);
      const bool exists = !overflow && !xs.is_null(i) && !xs.is_null(i - 1);
      exists ? result.push_back(Duration{difference}) : result.push_null();
    }
  }
};

constexpr Operator kOperator = {
    .name = "differences",
    .summary = "Subtract from each element the one before it",
    .detail =
        "The result has one element fewer than the list. The differences of timestamps are durations: the gaps between "
        "events.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> list<T>", Differences, int64_t, double>(),
                  overload<"(xs: list<timestamp>) -> list<duration>", TimeDifferences>()},
    .edges = {{"the list has fewer than two elements", "an empty list"},
              {"one of the two elements is null", "a null element"},
              {"a difference overflows", "a null element"}},
    .examples = {{"differences([1, 4, 9])", "[3, 5]"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .aliases = "diff difference_lag gaps deltas array_difference lag",
    .see_also = "cumulative_sum subtract",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
