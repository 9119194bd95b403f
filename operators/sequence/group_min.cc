// group_min(xs, key, value), group_min(keys, values): the least value of each key.
#include "feature_extractor/group_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class V>
struct Least {
  using Value = V;
  using Result = V;
  V best;

  static Least of(V value) { return {value}; }
  void add(V value) {
    if (Storage<V>::to(best) > Storage<V>::to(value)) best = value;
  }
  Nullable<V> result() const { return best; }
};

template <class K>
struct MinOfElementInts : GroupedElements<Least<int64_t>, K> {};
template <class K>
struct MinOfElementFloats : GroupedElements<Least<double>, K> {};
template <class K>
struct MinOfElementTimes : GroupedElements<Least<Timestamp>, K> {};
template <class K>
struct MinOfListInts : GroupedLists<Least<int64_t>, K> {};
template <class K>
struct MinOfListFloats : GroupedLists<Least<double>, K> {};
template <class K>
struct MinOfListTimes : GroupedLists<Least<Timestamp>, K> {};

constexpr Operator kOperator = {
    .name = "group_min",
    .summary = "Take the least value of each key of a list",
    .detail =
        "A map from key to value, in the order in which the keys first come with a value. Of times it is the first "
        "event of each key: `history.group_min(e -> e.genre, e -> e.at)[genre]` is one look-up per candidate.",
    .parameters = {{"xs", "the list"},
                   {"key", "what makes elements one group"},
                   {"value", "the value of which to take the least"},
                   {"keys", "the keys, where keys and values are two lists"},
                   {"values", "the value of each key"}},
    .overloads =
        {generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> int) -> map<K, int>",
                          MinOfElementInts, bool, int64_t, Text>(),
         generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> float) -> map<K, float>",
                          MinOfElementFloats, bool, int64_t, Text>(),
         generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> timestamp) -> map<K, timestamp>",
                          MinOfElementTimes, bool, int64_t, Text>(),
         generic_overload<"<K: key>(keys: list<K>, values: list<int>) -> map<K, int>", MinOfListInts, bool, int64_t,
                          Text>(),
         generic_overload<"<K: key>(keys: list<K>, values: list<float>) -> map<K, float>", MinOfListFloats, bool,
                          int64_t, Text>(),
         generic_overload<"<K: key>(keys: list<K>, values: list<timestamp>) -> map<K, timestamp>", MinOfListTimes, bool,
                          int64_t, Text>()},
    .edges = {{"a key or a value is null", "the element is left out"},
              {"one of the two lists is longer", "its rest is left out"},
              {"the list is empty", "an empty map"}},
    .examples = {{"group_min([\"a\", \"b\", \"a\"], [1, 2, 5])[\"a\"]", "1"},
                 {"values(group_min([3, 4, 8], x -> x % 2, x -> x))", "[3, 4]"}},
    .cost = {.per_row = 25.0, .per_element = 5.0},
    .aliases = "min_cate groupby group_by minMap map_min",
    .see_also = "group_max group_sum min_by min",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
