// any_equal(xs, value): the planner's form of a search by equality.
#include "feature_extractor/operator.h"
#include "feature_extractor/joined_keys.h"

namespace feature_extractor {
namespace {

template <class T>
struct AnyEqual {
  static bool eval(List<T> xs, Nullable<T> value) {
    if (!value) return false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (same_value<T>(xs[i], *value) && !xs.is_null(i)) return true;
    }
    return false;
  }

  struct Index {
    JoinedKeys<T> keys;
    void build(List<T> xs, Arena& arena) {
      keys.start(xs, arena);
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (!xs.is_null(i)) keys.insert(xs[i]);
      }
    }
    bool answer(uint32_t number) const { return number != JoinedKeys<T>::kNone; }
  };
};

constexpr Operator kOperator = {
    .name = "any_equal",
    .summary = "Tell whether some element equals a value, false where the value is null",
    .detail =
        "Written by the planner for `any(xs, e -> key(e) == value)`, where the value does not depend on the element. "
        "`contains` is the form for people: it is null where the value is null.",
    .parameters = {{"xs", "the list"}, {"value", "the value to equal"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, value: T?) -> bool", AnyEqual, bool, int64_t, double, Text>()},
    .edges = {{"the value is null", "false: nothing equals null"}, {"an element is null", "it equals nothing"}},
    .examples = {{"any_equal([1, 2, 1], 1)", "true"}},
    .cost = {.per_row = 6.0, .per_element = 0.3},
    .role = "hidden",
    .see_also = "any contains",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
