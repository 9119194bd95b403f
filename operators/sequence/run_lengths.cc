// run_lengths(xs): how long each run of equal neighbours is.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct RunLengths {
  static void eval(List<T> xs, ListBuilder<int64_t>& result) {
    uint32_t begin = 0;
    for (uint32_t i = 1; i <= xs.size(); ++i) {
      if (i < xs.size() && xs.is_null(i) == xs.is_null(i - 1) && (xs.is_null(i) || same_value<T>(xs[i], xs[i - 1]))) {
        continue;
      }
      result.push_back(static_cast<int64_t>(i - begin));
      begin = i;
    }
  }
};

constexpr Operator kOperator = {
    .name = "run_lengths",
    .summary = "Count the elements of each run of equal neighbours",
    .detail =
        "The values of the runs are `deduplicate_consecutive(xs)`: the two together are the run-length encoding of "
        "the list. `run_lengths(xs).max()` is the longest streak, `run_lengths(xs).last()` the present one.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>) -> list<int>", RunLengths, bool, int64_t, double, Text>()},
    .edges = {{"nulls are neighbours", "they are one run"}, {"the list is empty", "an empty list"}},
    .examples = {{"run_lengths([7, 7, 7, 5, 7])", "[3, 1, 1]"}},
    .cost = {.per_row = 4.0, .per_element = 1.5},
    .aliases = "rle run_length_encoding streaks consecutive_counts",
    .see_also = "deduplicate_consecutive longest_run session_ids",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
