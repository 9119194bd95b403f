// valid_range(x, low, high): null where x lies outside a range.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct ValidRange {
  using Stored = typename Storage<T>::Type;

  static Nullable<T> eval(T x, T low, T high) {
    const Stored value = Storage<T>::to(x);
    return Nullable<T>::where(value >= Storage<T>::to(low) && value <= Storage<T>::to(high), x);
  }
  static void run_nullable(size_t rows, const Stored* x, const Stored* low, const Stored* high, Stored* __restrict out,
                           uint8_t* __restrict valid) {
    __builtin_memcpy(out, x, rows * sizeof(Stored));
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      valid[i] &= static_cast<uint8_t>(x[i] >= low[i]) & static_cast<uint8_t>(x[i] <= high[i]);
    }
  }
};

constexpr Operator kOperator = {
    .name = "valid_range",
    .summary = "Make a value null where it lies outside a range",
    .detail = "Keeps `x` where `low <= x <= high`. For limits instead of nulls see `clip`.",
    .parameters = {{"x", "the value"},
                   {"low", "the least value that is kept"},
                   {"high", "the greatest value that is kept"}},
    .overloads =
        {generic_overload<"<T: ordered>(x: T, low: T, high: T) -> T?", ValidRange, bool, int64_t, double, Text>()},
    .edges = {{"`low` is greater than `high`", "null"}, {"any of the three is null", "null"}},
    .examples = {{"valid_range(35, 0, 120)", "35"}, {"valid_range(999, 0, 120)", "null"}},
    .cost = {.per_row = 0.5},
    .aliases = "null_outside mask_outside",
    .see_also = "clip between null_if",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
