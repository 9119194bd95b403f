// coalesce(x, otherwise): a value, or another one where it is null.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Coalesce {
  using Stored = typename Storage<T>::Type;

  static Nullable<T> eval(Nullable<T> x, Nullable<T> otherwise) { return x.has_value() ? x : otherwise; }
  static void run_nullable(size_t rows, NullableValues<Stored> x, NullableValues<Stored> otherwise,
                           Stored* __restrict out, uint8_t* __restrict valid) {
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) valid[i] = x.valid[i] | otherwise.valid[i];
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      const Stored first = x.data[i];
      const Stored second = otherwise.data[i];
      out[i] = x.valid[i] != 0 ? first : second;
    }
  }
};

struct CoalesceVector {
  static bool eval(Nullable<Vector> x, Nullable<Vector> otherwise, VectorResult out) {
    const Nullable<Vector> chosen = x.has_value() ? x : otherwise;
    if (!chosen.has_value()) return false;
    __builtin_memcpy(out.data, (*chosen).data, sizeof(float) * out.size);
    return true;
  }
};

template <class T>
struct CoalesceList {
  static bool eval(Nullable<List<T>> x, Nullable<List<T>> otherwise, ListBuilder<T>& out) {
    const Nullable<List<T>> chosen = x.has_value() ? x : otherwise;
    if (!chosen.has_value()) return false;
    const List<T> list = *chosen;
    out.reserve(list.size());
    for (uint32_t i = 0; i < list.size(); ++i) out.push_element(list, i);
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "coalesce",
    .summary = "Replace null by another value",
    .detail =
        "`x ?? otherwise`. It catches every null, whether it comes from the data or from arithmetic "
        "without a result. For a list of structs see `or_empty`.",
    .syntax = "??",
    .parameters = {{"x", "the value that may be null"}, {"otherwise", "the value that stands in for null"}},
    .overloads = {generic_overload<"<T: scalar>(x: T?, otherwise: T?) -> T", Coalesce, bool, int64_t, double, Text>(),
                  overload<"<N: size>(x: vector<N>?, otherwise: vector<N>?) -> vector<N>", CoalesceVector>(),
                  generic_overload<"<T: scalar>(x: list<T>?, otherwise: list<T>?) -> list<T>", CoalesceList, bool,
                                   int64_t, double, Text>()},
    .nulls = "otherwise",
    .edges = {{"both are null", "null"}, {"`x` is an empty string or an empty list", "`x`: empty is not null"}},
    .examples = {{"null ?? 5", "5"}, {"3 ?? 5", "3"}, {"log(0.0) ?? -1.0", "-1.0"}},
    .cost = {.per_row = 0.3},
    .algebra = "associative idempotent",
    .aliases = "ifnull if_null nvl fillna fill_null fill_missing default_value isnull",
    .see_also = "coalesce_all null_if is_null or_empty",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
