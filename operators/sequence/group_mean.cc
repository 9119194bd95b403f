// group_mean(xs, key, value), group_mean(keys, values): the mean of the values of each key.
#include "feature_extractor/group_values.h"
#include "feature_extractor/lane_sum.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

// Ints are added without loss, floats from left to right.
template <class V, class Sum>
struct Mean {
  using Value = V;
  using Result = double;
  Sum sum;
  uint32_t count;

  static Mean of(V value) { return {value, 1}; }
  void add(V value) {
    sum += value;
    ++count;
  }
  Nullable<double> result() const {
    const double mean = static_cast<double>(sum) / count;
    return Nullable<double>::where(__builtin_fabs(mean) <= adapter::kLargestFinite, mean);
  }
};
using IntMean = Mean<int64_t, Int128>;
using FloatMean = Mean<double, double>;

template <class K>
struct MeanOfElementInts : GroupedElements<IntMean, K> {};
template <class K>
struct MeanOfElementFloats : GroupedElements<FloatMean, K> {};
template <class K>
struct MeanOfListInts : GroupedLists<IntMean, K> {};
template <class K>
struct MeanOfListFloats : GroupedLists<FloatMean, K> {};

constexpr Operator kOperator = {
    .name = "group_mean",
    .summary = "Take the mean of the values of each key of a list",
    .detail =
        "A map from key to mean, in the order in which the keys first come with a value. The mean is the sum (see "
        "`group_sum`; of ints it is exact) divided by the number of values.",
    .parameters = {{"xs", "the list"},
                   {"key", "what makes elements one group"},
                   {"value", "the number to average"},
                   {"keys", "the keys, where keys and values are two lists"},
                   {"values", "the value of each key"}},
    .overloads = {generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> int) -> map<K, float>",
                                   MeanOfElementInts, bool, int64_t, Text>(),
                  generic_overload<"<T: any, K: key>(xs: list<T>, key: T -> K, value: T -> float) -> map<K, float>",
                                   MeanOfElementFloats, bool, int64_t, Text>(),
                  generic_overload<"<K: key>(keys: list<K>, values: list<int>) -> map<K, float>", MeanOfListInts, bool,
                                   int64_t, Text>(),
                  generic_overload<"<K: key>(keys: list<K>, values: list<float>) -> map<K, float>", MeanOfListFloats,
                                   bool, int64_t, Text>()},
    .edges = {{"a key or a value is null", "the element is left out, and does not count in the denominator"},
              {"one of the two lists is longer", "its rest is left out"},
              {"a sum of floats is not finite", "the key is left out"},
              {"the list is empty", "an empty map"}},
    .examples = {{"group_mean([\"a\", \"b\", \"a\"], [1, 2, 4])[\"a\"]", "2.5"},
                 {"values(group_mean([3, 4, 8], x -> x % 2, x -> x))", "[3.0, 6.0]"}},
    .cost = {.per_row = 25.0, .per_element = 4.0},
    .aliases = "mean_by avg_by avg_cate groupby group_by avgMap",
    .see_also = "group_sum group_max mean",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
