// minimum(values...): the least of several values, nulls skipped.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Minimum {
  static T combine(T x, T y) { return y < x ? y : x; }

  static Nullable<T> eval(Variadic<T> values) {
    Nullable<T> result = null;
    for (uint32_t i = 0; i < values.size(); ++i) {
      if (values.is_null(i)) continue;
      result = result.has_value() ? combine(*result, values[i]) : values[i];
    }
    return result;
  }
};

constexpr Operator kOperator = {
    .name = "minimum",
    .summary = "Give the least of several values",
    .detail =
        "Nulls are skipped. Strings and bytes are ordered by their code points or bytes, `false` comes "
        "before `true`. For the least element of a list see `min`.",
    .parameters = {{"values", "the values, all of one type"}},
    .overloads = {generic_overload<"<T: ordered>(values: T?...) -> T", Minimum, bool, int64_t, double, Text>()},
    .nulls = "values",
    .edges = {{"some values are null", "the least of the others"}, {"all values are null", "null"}},
    .examples = {{"minimum(3, 1, 2)", "1"}, {"minimum(1, null, 3)", "1"}, {"minimum(0.5, 2)", "0.5"}},
    .cost = {.per_row = 0.4},
    .algebra = "commutative idempotent",
    .aliases = "least min_of min2 fmin array_min2",
    .see_also = "maximum clip min",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
