// top_n(m, count): the entries of a map with the greatest values.
#include "feature_extractor/ordering.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

template <class V, SimdLevel Level>
struct TopN {
  static void eval(Arena& arena, Map<Any, V> m, int64_t count, Selection& kept) {
    keep_greatest<V, Level>(arena, m.values(), count, kept);
  }
};

constexpr Operator kOperator = {
    .name = "top_n",
    .summary = "Keep the entries of a map with the greatest values, the greatest first",
    .parameters = {{"m", "the map"}, {"count", "how many entries to keep"}},
    .overloads = {generic_leveled_overload<"<K: any, V: ordered>(m: map<K, V>, count: int) -> map<K, V>", TopN, bool,
                                           int64_t, double, Text>()},
    .edges = {{"values are equal", "the entry that came first in the map comes first"},
              {"a value is null", "its entry is left out"},
              {"the map has fewer entries", "all of them, sorted"},
              {"`count` is 0 or negative", "an empty map"},
              {"an input map holds a key twice", "both entries count"}},
    .examples = {{"keys(top_n(count_values([\"a\", \"b\", \"b\"]), 1))", "[\"b\"]"}},
    .cost = {.per_row = 15.0, .per_element = 2.0},
    .aliases = "map_top_n map_top_n_keys get_top_k_terms top_entries topn_frequency",
    .see_also = "top top_by count_values",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
