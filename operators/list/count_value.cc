// count_value(xs, x): how often a value is in a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class T>
struct CountValue {
  static int64_t eval(List<T> xs, T x) {
    const auto* data = xs.data();
    const uint8_t* valid = xs.valid();
    int64_t count = 0;
    if constexpr (std::is_same_v<T, Text>) {
      for (uint32_t i = 0; i < xs.size(); ++i) {
        count += equal_values(data[i], x) && (valid == nullptr || valid[i] != 0) ? 1 : 0;
      }
    } else {
      const auto stored = Storage<T>::to(x);
      if (valid == nullptr) {
        for (uint32_t i = 0; i < xs.size(); ++i) count += data[i] == stored ? 1 : 0;
      } else {
        for (uint32_t i = 0; i < xs.size(); ++i) count += data[i] == stored ? valid[i] : 0;
      }
    }
    return count;
  }

  struct Index {
    HashIndex<T> table;
    uint32_t* counts;
    void build(List<T> xs, Arena& arena) {
      table.start(xs.size(), arena);
      counts = arena.allocate_array<uint32_t>(xs.size());
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (xs.is_null(i)) continue;
        const uint32_t size = table.size();
        const uint32_t id = table.insert(xs[i]);
        counts[id] = id == size ? 1 : counts[id] + 1;
      }
    }
    int64_t probe(T x) const {
      const uint32_t id = table.find(x);
      return id == HashIndex<T>::kNone ? 0 : counts[id];
    }
  };
};

constexpr Operator kOperator = {
    .name = "count_value",
    .summary = "Count how often a value is in a list",
    .parameters = {{"xs", "the list"}, {"x", "the value"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, x: T) -> int", CountValue, bool, int64_t, double, Text>()},
    .edges = {{"the value is not there, or the list is empty", "0"},
              {"`x` is null", "null"},
              {"the list has null elements", "they are equal to nothing"}},
    .examples = {{"count_value([1, 2, 1], 1)", "2"}, {"count_value([\"a\"], \"b\")", "0"}},
    .cost = {.per_row = 6.0, .per_element = 0.3},
    .aliases = "array_count list_count occurrences count_equal",
    .see_also = "count contains count_values",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
