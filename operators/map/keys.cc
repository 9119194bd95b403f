// keys(m): the keys of a map as a list.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class K>
struct Keys {
  static void eval(Map<K, Any> m, ListBuilder<K>& result) {
    const List<K> keys = m.keys();
    result.reserve(keys.size());
    for (uint32_t i = 0; i < keys.size(); ++i) result.push_element(keys, i);
  }
};

constexpr Operator kOperator = {
    .name = "keys",
    .summary = "List the keys of a map",
    .detail = "The order is that of the map's entries, as they came in.",
    .parameters = {{"m", "the map"}},
    .overloads = {generic_overload<"<K: key, V: any>(m: map<K, V>) -> list<K>", Keys, bool, int64_t, Text>()},
    .edges = {{"the map is empty", "an empty list"}, {"a value is null", "its key is listed"}},
    .examples = {{"keys(count_values([\"b\", \"a\", \"b\"]))", "[\"b\", \"a\"]"}},
    .cost = {.per_row = 4.0, .per_element = 0.7},
    .aliases = "map_keys collect_keys object_keys",
    .see_also = "values contains get",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
