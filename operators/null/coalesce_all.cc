// coalesce_all(values...): the first value that is not null.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct CoalesceAll {
  // The fold goes from left to right, so the earlier of two values stays.
  static T combine(T x, T) { return x; }

  static Nullable<T> eval(Variadic<T> values) {
    for (uint32_t i = 0; i < values.size(); ++i) {
      if (!values.is_null(i)) return values[i];
    }
    return null;
  }
};

constexpr Operator kOperator = {
    .name = "coalesce_all",
    .summary = "Give the first of several values that is not null",
    .detail = "The same as `x ?? y ?? z`.",
    .parameters = {{"values", "the values, all of one type"}},
    .overloads = {generic_overload<"<T: scalar>(values: T?...) -> T", CoalesceAll, bool, int64_t, double, Text>()},
    .nulls = "values",
    .edges = {{"all values are null", "null"}},
    .examples = {{"coalesce_all(null, 2, 3)", "2"}},
    .cost = {.per_row = 0.4},
    .aliases = "first_non_null first_not_null",
    .see_also = "coalesce",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
