// maximum(values...): the greatest of several values, nulls skipped.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Maximum {
  static T combine(T x, T y) { return x < y ? y : x; }

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
    .name = "maximum",
    .summary = "Give the greatest of several values",
    .detail =
        "Nulls are skipped. Strings and bytes are ordered by their code points or bytes, `false` comes "
        "before `true`. For the greatest element of a list see `max`.",
    .parameters = {{"values", "the values, all of one type"}},
    .overloads = {generic_overload<"<T: ordered>(values: T?...) -> T", Maximum, bool, int64_t, double, Text>()},
    .nulls = "values",
    .edges = {{"some values are null", "the greatest of the others"}, {"all values are null", "null"}},
    .examples = {{"maximum(3, 1, 2)", "3"}, {"maximum(1, null, 3)", "3"}, {"maximum(0.5, 2)", "2.0"}},
    .cost = {.per_row = 0.4},
    .algebra = "commutative idempotent",
    .aliases = "greatest max_of max2 fmax",
    .see_also = "minimum clip max",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
