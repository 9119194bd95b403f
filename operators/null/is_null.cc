// is_null(x): whether there is no value.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct IsNull {
  using Stored = typename Storage<T>::Type;

  static bool eval(Nullable<T> x) { return !x.has_value(); }
  static void run_nullable(size_t rows, NullableValues<Stored> x, uint8_t* __restrict out, uint8_t*) {
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) out[i] = x.valid[i] ^ 1;
  }
};

constexpr Operator kOperator = {
    .name = "is_null",
    .summary = "Tell whether a value is null",
    .detail = "The result itself is never null.",
    .parameters = {{"x", "the value"}},
    .overloads = {generic_overload<"<T: scalar>(x: T?) -> bool", IsNull, bool, int64_t, double, Text>(),
                  overload<"<N: size>(x: vector<N>?) -> bool", IsNull<Vector>>(),
                  overload<"<T: any>(x: list<T>?) -> bool", IsNull<List<Any>>>()},
    .edges = {{"an empty string or list", "false: empty is not null"},
              {"arithmetic without a result, such as a division by zero", "true"}},
    .examples = {{"is_null(null ?? 1)", "false"}, {"is_null(1 / 0)", "true"}},
    .cost = {.per_row = 0.1},
    .aliases = "isnull isna is_missing is_nan isnan",
    .see_also = "is_not_null coalesce null_if",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
