// rank_of(xs, x, descending): the place of a value among those of a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/sorted_values.h"

namespace feature_extractor {
namespace {

template <class T>
struct RankOf {
  static int64_t eval(List<T> xs, T x, bool descending) {
    uint32_t count = 0;
    const uint32_t below = count_below(xs, x, descending, count);
    return 1 + int64_t{descending ? count - below : below};
  }

  struct Index : SortedValues<T> {
    int64_t probe(T x, bool descending) const {
      const uint32_t below = this->below(x, descending);
      return 1 + int64_t{descending ? this->count - below : below};
    }
  };
};

constexpr Operator kOperator = {
    .name = "rank_of",
    .summary = "Give the place that a value takes among those of a list",
    .detail =
        "1 plus the number of elements that come before the value: less ones, or greater ones if `descending`. The "
        "value need not be in the list. With `collect` the list is that of all candidates of the request: "
        "`collect(score).rank_of(score, descending = true)` is 1 for the best. The list is sorted once for all rows "
        "that share it.",
    .parameters = {{"xs", "the list"}, {"x", "the value"}, {"descending", "true gives place 1 to the greatest"}},
    .overloads = {generic_overload<"<T: ordered>(xs: list<T>, x: T, descending: const bool = false) -> int", RankOf,
                                   bool, int64_t, double, Text>()},
    .edges = {{"elements are equal to the value", "they do not count: equal values share the best of their places"},
              {"the value is not in the list", "the place that it would take"},
              {"an element is null", "it does not count"},
              {"the list is empty", "1"},
              {"the value is null", "null"}},
    .examples = {{"rank_of([30, 10, 20], 20)", "2"}, {"rank_of([30, 10, 20], 30, descending = true)", "1"}},
    .cost = {.per_row = 25.0, .per_element = 1.0},
    .aliases = "rank rank_in rank_in_list request_rank list_rank",
    .see_also = "cumulative_share ranks sort top",
    .source = "SQL:2003, RANK",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
