// distinct_by(xs, key): the first element of each key.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"

namespace feature_extractor {
namespace {

template <class K>
struct DistinctBy {
  static void eval(Arena& arena, List<Any> xs, List<K> keys, Selection& kept) {
    Arena::Scope scope(arena);
    HashIndex<K> seen;
    seen.start(xs.size(), arena);
    kept.reserve(xs.size());
    bool null_seen = false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (keys.is_null(i)) {
        if (!null_seen) kept.push_back(i);
        null_seen = true;
        continue;
      }
      const uint32_t size = seen.size();
      if (seen.insert(keys[i]) == size) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "distinct_by",
    .summary = "Keep the first element for each key",
    .detail = "The order of the list stays. To keep the latest event of each item, reverse the list first.",
    .parameters = {{"xs", "the list"}, {"key", "what makes two elements the same"}},
    .overloads = {generic_overload<"<T: any, K: scalar>(xs: list<T>, key: T -> K) -> list<T>", DistinctBy, bool,
                                   int64_t, double, Text>()},
    .edges = {{"keys are null", "they are one key: the first such element is kept"},
              {"the list is empty", "an empty list"}},
    .examples = {{"distinct_by([11, 21, 12], x -> x % 10)", "[11, 12]"}},
    .cost = {.per_row = 15.0, .per_element = 3.0},
    .aliases = "unique_by drop_duplicates uniq_by",
    .see_also = "distinct count_values",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
