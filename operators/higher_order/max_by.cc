// max_by(xs, key): the element with the greatest key.
#include "feature_extractor/operator.h"
#include "feature_extractor/ordering.h"

namespace feature_extractor {
namespace {

template <class K>
struct MaxBy {
  static Nullable<Span> eval(List<Any> xs, List<K> keys) {
    const ValueOrder<K> order{keys, true};
    Ranked best{0, 0};
    bool found = false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (keys.is_null(i)) continue;
      const Ranked item{order.key(i), i};
      if (!found || order(item, best)) best = item;
      found = true;
    }
    return Nullable<Span>::where(found, {best.position, 1});
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
