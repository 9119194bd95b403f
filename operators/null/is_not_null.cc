// is_not_null(x): whether there is a value.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct IsNotNull {
  using Stored = typename Storage<T>::Type;

  static bool eval(Nullable<T> x) { return x.has_value(); }
  static void run_nullable(size_t rows, NullableValues<Stored> x, uint8_t* __restrict out, uint8_t*) {
    __builtin_memcpy(out, x.valid, rows);
  }
};

constexpr Operator kOperator = {
    .name = "is_not_null",
    .summary = "Tell whether a value is not null",
    .detail = "The result itself is never null.",
    .parameters = {{"x", "the value"}},
    .overloads = {generic_overload<"<T: scalar>(x: T?) -> bool", IsNotNull, bool, int64_t, double, Text>(),
                  overload<"<N: size>(x: vector<N>?) -> bool", IsNotNull<Vector>>(),
                  overload<"<T: any>(x: list<T>?) -> bool", IsNotNull<List<Any>>>()},
    .edges = {{"an empty string or list", "true: empty is not null"},
              {"arithmetic without a result, such as a division by zero", "false"}},
    .examples = {{"is_not_null(1)", "true"}, {"is_not_null(1 / 0)", "false"}},
    .cost = {.per_row = 0.1},
    .aliases = "isnotnull notna notnull is_present is_finite isfinite",
    .see_also = "is_null coalesce",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
