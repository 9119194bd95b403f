// normalize_map(m): each value as a share of their sum.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {
namespace {

template <class K, class V>
bool normalize(Map<K, V> m, MapBuilder<K, double>& result) {
  const List<K> keys = m.keys();
  const List<V> values = m.values();
  const double total = lane_sum(values, [](V value) { return static_cast<double>(value); });
  if (!(total != 0.0 && __builtin_fabs(total) <= adapter::kLargestFinite)) return false;
  for (uint32_t i = 0; i < m.size(); ++i) {
    if (keys.is_null(i) || values.is_null(i)) continue;
    const double share = static_cast<double>(values[i]) / total;
    if (__builtin_fabs(share) <= adapter::kLargestFinite) result.push_back(keys[i], share);
  }
  return true;
}

template <class K>
struct NormalizeFloats {
  static bool eval(Map<K, double> m, MapBuilder<K, double>& result) { return normalize(m, result); }
};
template <class K>
struct NormalizeCounts {
  static bool eval(Map<K, int64_t> m, MapBuilder<K, double>& result) { return normalize(m, result); }
};

constexpr Operator kOperator = {
    .name = "normalize_map",
    .summary = "Divide each value of a map by the sum of its values",
    .detail = "Afterwards the values add up to 1. The sum is taken as `sum` does.",
    .parameters = {{"m", "the map"}},
    .overloads =
        {generic_overload<"<K: key>(m: map<K, float>) -> map<K, float>?", NormalizeFloats, bool, int64_t, Text>(),
         generic_overload<"<K: key>(m: map<K, int>) -> map<K, float>?", NormalizeCounts, bool, int64_t, Text>()},
    .edges = {{"the values add up to 0, or the map is empty", "null"},
              {"a value is null", "its entry is left out"},
              {"values are negative", "shares may be negative or above 1"},
              {"an input map holds a key twice", "both values count"},
              {"the sum of the values is not finite", "null"}},
    .examples = {{"values(normalize_map(count_values([\"b\", \"a\", \"b\", \"b\"])))", "[0.75, 0.25]"}},
    .cost = {.per_row = 8.0, .per_element = 2.0},
    .aliases = "map_normalize norm_map shares",
    .see_also = "count_values sum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
