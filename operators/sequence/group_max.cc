// group_max(xs, key, value), group_max(keys, values): the greatest value of each key.
#include "feature_extractor/group_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class V>
struct Greatest {
  using Value = V;
  using Result = V;
  V best;

  static Greatest of(V value) { return {value}; }
  void add(V value) {
    if (Storage<V>::to(best) < Storage<V>::to(value)) best = value;
  }
  Nullable<V> result() const { return best; }
};

template <class K>
struct MaxOfElementInts : GroupedElements<Greatest<int64_t>, K> {};
template <class K>
struct MaxOfElementFloats : GroupedElements<Greatest<double>, K> {};
template <class K>
struct MaxOfElementTimes : GroupedElements<Greatest<Timestamp>, K> {};
template <class K>
struct MaxOfListInts : GroupedLists<Greatest<int64_t>, K> {};
template <class K>
struct MaxOfListFloats : GroupedLists<Greatest<double>, K> {};
template <class K>
struct MaxOfListTimes : GroupedLists<Greatest<Timestamp>, K> {};

constexpr Operator kOperator = {
    .name = "group_max",
    .summary = "Take the greatest value of each key of a list",
    .detail =
        "A map from key to value, in the order in which the keys first come with a value. Of times it is the latest "
        "event of each key: `history.group_max(e -> e.genre, e -> e.at)[genre]` is one look-up per candidate.",
    .parameters = {{"xs", "the list"},
                   {"key", "what makes elements one group"},
                   {"value", "the value of which to take the greatest"},
                   {"keys", "the keys, where keys and values are two lists"},
                   {"values", "the value of each key"}},
    .overloads =
        {generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> int) -> map<K, int>",
                          MaxOfElementInts, bool, int64_t, Text>(),
         generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> float) -> map<K, float>",
                          MaxOfElementFloats, bool, int64_t, Text>(),
         generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> timestamp) -> map<K, timestamp>",
                          MaxOfElementTimes, bool, int64_t, Text>(),
         generic_overload<"<K: key>(keys: list<K>, values: list<int>) -> map<K, int>", MaxOfListInts, bool, int64_t,
                          Text>(),
         generic_overload<"<K: key>(keys: list<K>, values: list<float>) -> map<K, float>", MaxOfListFloats, bool,
                          int64_t, Text>(),
         generic_overload<"<K: key>(keys: list<K>, values: list<timestamp>) -> map<K, timestamp>", MaxOfListTimes, bool,
                          int64_t, Text>()},
    .edges = {{"a key or a value is null", "the element is left out"},
              {"one of the two lists is longer", "its rest is left out"},
              {"the list is empty", "an empty map"}},
    .examples = {{"group_max([\"a\", \"b\", \"a\"], [1, 2, 5])[\"a\"]", "5"},
                 {"values(group_max([3, 4, 8], x -> x % 2, x -> x))", "[3, 8]"}},
    .cost = {.per_row = 25.0, .per_element = 5.0},
    .aliases = "max_cate groupby group_by maxMap map_max",
    .see_also = "group_min group_sum max_by max",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
