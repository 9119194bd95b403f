// max_by(xs, key): the element with the greatest key.
#include "feature_extractor/operator.h"
#include "feature_extractor/ordering.h"

namespace feature_extractor {
namespace {

template <class K>
struct MaxBy {
  static Nullable<Span> eval(List<Any>, List<K> keys) {
    const Nullable<uint32_t> position = first_in_order(ValueOrder<K>{keys, true});
    return Nullable<Span>::where(position.has_value(), {*position, 1});
  }
};

constexpr Operator kOperator = {
    .name = "max_by",
    .summary = "Take the element with the greatest key",
    .parameters = {{"xs", "the list"}, {"key", "the value to compare"}},
    .overloads = {generic_overload<"<T: any, K: ordered>(xs: list<T>, key: T -> K) -> T?", MaxBy, bool, int64_t, double,
                                   Text>()},
    .edges = {{"several elements have the greatest key", "the first of them"},
              {"a key is null", "its element is skipped"},
              {"the list is empty, or all keys are null", "null"}},
    .examples = {{"max_by([\"bbb\", \"a\", \"ccc\"], s -> length(s))", "\"bbb\""}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "arg_max argmax_by array_max_by maximum_by",
    .see_also = "min_by argmax top_by",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
