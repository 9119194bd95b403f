// top_by(xs, key, count): the elements with the greatest keys.
#include "feature_extractor/ordering.h"
#include "feature_extractor/simd_levels.h"

namespace feature_extractor {
namespace {

template <class K, SimdLevel Level>
struct TopBy {
  static void eval(Arena& arena, List<Any>, List<K> keys, int64_t count, Selection& kept) {
    keep_greatest<K, Level>(arena, keys, count, kept);
  }
};

constexpr Operator kOperator = {
    .name = "top_by",
    .summary = "Take the elements with the greatest keys, the greatest first",
    .parameters = {{"xs", "the list"}, {"key", "the value to compare"}, {"count", "how many elements to take"}},
    .overloads = {generic_leveled_overload<"<T: any, K: ordered>(xs: list<T>, key: T -> K, count: int) -> list<T>",
                                           TopBy, bool, int64_t, double, Text>()},
    .edges = {{"the list has fewer elements", "all of them"},
              {"keys are equal", "the earlier element comes first"},
              {"keys are null", "their elements are left out"},
              {"`count` is 0 or negative", "an empty list"}},
    .examples = {{"top_by([\"a\", \"ccc\", \"bb\"], s -> length(s), 2)", "[\"ccc\", \"bb\"]"}},
    .cost = {.per_row = 15.0, .per_element = 2.0},
    .aliases = "nlargest_by top_n_by max_n_by",
    .see_also = "top sort_by max_by",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
