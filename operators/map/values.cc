// values(m): the values of a map as a list. The planner makes that column the result; there is no kernel.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

constexpr Operator kOperator = {
    .name = "values",
    .summary = "List the values of a map",
    .detail = "The order is that of the map's entries, the same as that of `keys`. `values(m).sum()` adds them up.",
    .parameters = {{"m", "the map"}},
    .overloads = {mapping_overload<"<K: key, V: any>(m: map<K, V>) -> list<V>">()},
    .edges = {{"the map is empty", "an empty list"},
              {"a value is null", "a null element"},
              {"an input map holds a key twice", "both values are listed"}},
    .examples = {{"values(count_values([\"b\", \"a\", \"b\"]))", "[2, 1]"}},
    .cost = {.per_row = 4.0, .per_element = 0.7},
    .aliases = "map_values collect_values",
    .see_also = "keys get sum",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
