// null_if(x, y): null where x equals y.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct NullIf {
  using Stored = typename Storage<T>::Type;

  static Nullable<T> eval(T x, Nullable<T> y) {
    const bool same = y.has_value() && Storage<T>::to(x) == Storage<T>::to(*y);
    return Nullable<T>::where(!same, x);
  }
  static void run_nullable(size_t rows, const Stored* x, NullableValues<Stored> y, Stored* __restrict out,
                           uint8_t* __restrict valid) {
    __builtin_memcpy(out, x, rows * sizeof(Stored));
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      valid[i] &= static_cast<uint8_t>((y.valid[i] & static_cast<uint8_t>(x[i] == y.data[i])) ^ 1);
    }
  }
};

constexpr Operator kOperator = {
    .name = "null_if",
    .summary = "Make a value null where it equals another one",
    .detail = "Turns a sentinel such as -1 or \"unknown\" into null.",
    .parameters = {{"x", "the value"}, {"y", "the sentinel that stands for null"}},
    .overloads = {generic_overload<"<T: scalar>(x: T, y: T?) -> T?", NullIf, bool, int64_t, double, Text>()},
    .edges = {{"`y` is null", "`x`, as in SQL"}, {"`x` is null", "null"}, {"both are equal, as `==` says", "null"}},
    .examples = {{"null_if(-1, -1)", "null"}, {"null_if(5, -1)", "5"}},
    .cost = {.per_row = 0.4},
    .aliases = "nullif",
    .see_also = "coalesce valid_range",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
