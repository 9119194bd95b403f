// values(m): the values of a map as a list.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class V>
struct Values {
  static void eval(Map<Any, V> m, ListBuilder<V>& result) {
    const List<V> values = m.values();
    result.reserve(values.size());
    for (uint32_t i = 0; i < values.size(); ++i) result.push_element(values, i);
  }
};

constexpr Operator kOperator = {
    .name = "values",
    .summary = "List the values of a map",
    .detail = "The order is that of the map's entries, the same as that of `keys`. `values(m).sum()` adds them up.",
    .parameters = {{"m", "the map"}},
    .overloads =
        {generic_overload<"<K: any, V: scalar>(m: map<K, V>) -> list<V>", Values, bool, int64_t, double, Text>()},
    .edges = {{"the map is empty", "an empty list"}, {"a value is null", "a null element"}},
    .examples = {{"values(count_values([\"b\", \"a\", \"b\"]))", "[2, 1]"}},
    .cost = {.per_row = 4.0, .per_element = 0.7},
    .aliases = "map_values collect_values",
    .see_also = "keys get sum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
