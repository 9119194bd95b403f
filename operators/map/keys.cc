// keys(m): the keys of a map as a list. The planner makes that column the result; there is no kernel.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

constexpr Operator kOperator = {
    .name = "keys",
    .summary = "List the keys of a map",
    .detail = "The order is that of the map's entries, as they came in.",
    .parameters = {{"m", "the map"}},
    .overloads = {mapping_overload<"<K: key, V: any>(m: map<K, V>) -> list<K>">()},
    .edges = {{"the map is empty", "an empty list"},
              {"a value is null", "its key is listed"},
              {"an input map holds a key twice", "it is listed twice"}},
    .examples = {{"keys(count_values([\"b\", \"a\", \"b\"]))", "[\"b\", \"a\"]"}},
    .cost = {.per_row = 4.0, .per_element = 0.7},
    .aliases = "map_keys collect_keys object_keys",
    .see_also = "values contains get",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
