// min_by(xs, key): the element with the least key.
#include "feature_extractor/operator.h"
#include "feature_extractor/ordering.h"

namespace feature_extractor {
namespace {

template <class K>
struct MinBy {
  static Nullable<Span> eval(List<Any>, List<K> keys) {
    const Nullable<uint32_t> position = first_in_order(ValueOrder<K>{keys, false});
    return Nullable<Span>::where(position.has_value(), {*position, 1});
  }
};

constexpr Operator kOperator = {
    .name = "min_by",
    .summary = "Take the element with the least key",
    .parameters = {{"xs", "the list"}, {"key", "the value to compare"}},
    .overloads = {generic_overload<"<T: any, K: ordered>(xs: list<T>, key: T -> K) -> T?", MinBy, bool, int64_t, double,
                                   Text>()},
    .edges = {{"several elements have the least key", "the first of them"},
              {"a key is null", "its element is skipped"},
              {"the list is empty, or all keys are null", "null"}},
    .examples = {{"min_by([\"bbb\", \"a\", \"c\"], s -> length(s))", "\"a\""}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "arg_min argmin_by array_min_by minimum_by",
    .see_also = "max_by argmin sort_by",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
