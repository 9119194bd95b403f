// entries(m): the entries of a map as a list of structs. The planner makes the columns the result; there is no kernel.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

constexpr Operator kOperator = {
    .name = "entries",
    .summary = "List the entries of a map as structs of key and value",
    .detail =
        "The order is that of the map's entries, as they came in. `m.entries().sort_by(e -> e.value)` orders them.",
    .parameters = {{"m", "the map"}},
    .overloads = {mapping_overload<"<K: key, V: any>(m: map<K, V>) -> list<{key: K, value: V}>">()},
    .edges = {{"the map is empty", "an empty list"},
              {"a value is null", "an entry with a null value"},
              {"an input map holds a key twice", "both entries are listed"}},
    .examples = {{"map(entries(count_values([\"b\", \"a\", \"b\"])), e -> e.value)", "[2, 1]"}},
    .cost = {.per_row = 1.0},
    .aliases = "map_entries items to_pairs",
    .see_also = "keys values get",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
