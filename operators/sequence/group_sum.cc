// group_sum(xs, key, value), group_sum(keys, values): the sum of the values of each key.
#include "feature_extractor/group_values.h"
#include "feature_extractor/lane_sum.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct IntSum {
  using Value = int64_t;
  using Result = int64_t;
  Int128 sum;

  static IntSum of(int64_t value) { return {value}; }
  void add(int64_t value) { sum += value; }
  Nullable<int64_t> result() const { return narrowed(sum); }
};

struct FloatSum {
  using Value = double;
  using Result = double;
  double sum;

  static FloatSum of(double value) { return {value}; }
  void add(double value) { sum += value; }
  Nullable<double> result() const {
    return Nullable<double>::where(__builtin_fabs(sum) <= adapter::kLargestFinite, sum);
  }
};

template <class K>
struct SumOfElementInts : GroupedElements<IntSum, K> {};
template <class K>
struct SumOfElementFloats : GroupedElements<FloatSum, K> {};
template <class K>
struct SumOfListInts : GroupedLists<IntSum, K> {};
template <class K>
struct SumOfListFloats : GroupedLists<FloatSum, K> {};

constexpr Operator kOperator = {
    .name = "group_sum",
    .summary = "Add up the values of each key of a list",
    .detail =
        "A map from key to sum, in the order in which the keys first come with a value. Over a history of the request "
        "the map is made once per request, and `m[genre] ?? 0.0` looks it up for each candidate: the cheapest way to "
        "sum over the events that match a candidate. Floats are added from left to right.",
    .parameters = {{"xs", "the list"},
                   {"key", "what makes elements one group"},
                   {"value", "the number to add up"},
                   {"keys", "the keys, where keys and values are two lists"},
                   {"values", "the value of each key"}},
    .overloads = {generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> int) -> map<K, int>",
                                   SumOfElementInts, bool, int64_t, Text>(),
                  generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> float) -> map<K, float>",
                                   SumOfElementFloats, bool, int64_t, Text>(),
                  generic_overload<"<K: key>(keys: list<K>, values: list<int>) -> map<K, int>", SumOfListInts, bool,
                                   int64_t, Text>(),
                  generic_overload<"<K: key>(keys: list<K>, values: list<float>) -> map<K, float>", SumOfListFloats,
                                   bool, int64_t, Text>()},
    .edges = {{"a key or a value is null", "the element is left out"},
              {"one of the two lists is longer", "its rest is left out"},
              {"a sum of ints does not fit 64 bits, or a sum of floats is not finite", "the key is left out"},
              {"the list is empty", "an empty map"}},
    .examples = {{"group_sum([\"a\", \"b\", \"a\"], [1, 2, 5])[\"a\"]", "6"},
                 {"group_sum([3, 4, 8], x -> x % 2, x -> x)[0]", "12"},
                 {"values(group_sum([\"a\", \"b\", \"a\"], [0.5, 2.0, 1.0]))", "[1.5, 2.0]"}},
    .cost = {.per_row = 25.0, .per_element = 4.0},
    .aliases = "sum_by sum_cate groupby group_by map_union_sum seq_group_agg sumMap aggregate",
    .see_also = "group_mean group_max count_values top_n",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
