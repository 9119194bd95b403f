// longest_run(xs, x): the length of the longest run of a value.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct LongestRun {
  static int64_t eval(List<T> xs, T x) {
    int64_t longest = 0;
    int64_t run = 0;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      run = !xs.is_null(i) && same_value<T>(xs[i], x) ? run + 1 : 0;
      longest = run > longest ? run : longest;
    }
    return longest;
  }

  struct Index {
    HashIndex<T> table;
    uint32_t* longest;

    void build(List<T> xs, Arena& arena) {
      table.start(xs.size(), arena);
      longest = arena.allocate_array<uint32_t>(xs.size());
      uint32_t before = HashIndex<T>::kNone;
      uint32_t run = 0;
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (xs.is_null(i)) {
          before = HashIndex<T>::kNone;
          continue;
        }
        const uint32_t known = table.size();
        const uint32_t id = table.insert(xs[i]);
        run = id == before ? run + 1 : 1;
        if (id == known || run > longest[id]) longest[id] = run;
        before = id;
      }
    }
    int64_t probe(T x) const {
      const uint32_t id = table.find(x);
      return id == HashIndex<T>::kNone ? 0 : longest[id];
    }
  };
};

constexpr Operator kOperator = {
    .name = "longest_run",
    .summary = "Count the elements of the longest run of a value",
    .detail =
        "How often in a row, at most, the value comes: the longest streak. "
        "`history.map(e -> e.genre).longest_run(genre)` meets the candidate; "
        "`history.map(e -> e.rating >= 4.0).longest_run(true)` is the streak of a condition.",
    .parameters = {{"xs", "the list"}, {"x", "the value"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, x: T) -> int", LongestRun, bool, int64_t, double, Text>()},
    .edges = {{"the value is not there, or the list is empty", "0"},
              {"an element is null", "it is equal to nothing and ends a run"},
              {"`x` is null", "null"}},
    .examples = {{"longest_run([7, 7, 5, 7, 7, 7], 7)", "3"}, {"longest_run([\"a\"], \"b\")", "0"}},
    .cost = {.per_row = 6.0, .per_element = 1.0},
    .aliases = "longest_streak max_run max_consecutive",
    .see_also = "run_lengths count_value",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
