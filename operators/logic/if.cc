// if condition then x else y: one of two values.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct If {
  using Stored = typename Storage<T>::Type;

  static Nullable<T> eval(Nullable<bool> condition, Nullable<T> then, Nullable<T> otherwise) {
    return condition.has_value() && *condition ? then : otherwise;
  }
  static void run_nullable(size_t rows, NullableValues<uint8_t> condition, NullableValues<Stored> then,
                           NullableValues<Stored> otherwise, Stored* __restrict out, uint8_t* __restrict valid) {
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      const uint8_t chosen = condition.valid[i] & condition.data[i] & 1;
      valid[i] = (then.valid[i] & chosen) | (otherwise.valid[i] & (chosen ^ 1));
    }
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      const uint8_t chosen = condition.valid[i] & condition.data[i];
      const Stored yes = then.data[i];
      const Stored no = otherwise.data[i];
      out[i] = chosen != 0 ? yes : no;
    }
  }
};

struct IfVector {
  static bool eval(Nullable<bool> condition, Nullable<Vector> then, Nullable<Vector> otherwise, VectorResult out) {
    const Nullable<Vector> chosen = condition.has_value() && *condition ? then : otherwise;
    if (!chosen.has_value()) return false;
    __builtin_memcpy(out.data, (*chosen).data, sizeof(float) * out.size);
    return true;
  }
};

template <class T>
struct IfList {
  static bool eval(Nullable<bool> condition, Nullable<List<T>> then, Nullable<List<T>> otherwise, ListBuilder<T>& out) {
    const Nullable<List<T>> chosen = condition.has_value() && *condition ? then : otherwise;
    if (!chosen.has_value()) return false;
    const List<T> list = *chosen;
    out.reserve(list.size());
    for (uint32_t i = 0; i < list.size(); ++i) out.push_element(list, i);
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "if",
    .summary = "Choose one of two values by a condition",
    .detail =
        "`if condition then x else y`. Both values are computed; since operators cannot fail, that is "
        "never seen.",
    .syntax = "if",
    .parameters = {{"condition", "the condition"},
                   {"then", "the value where the condition holds"},
                   {"otherwise", "the value where it does not hold, or is null"}},
    .overloads =
        {generic_overload<"<T: scalar>(condition: bool?, then: T?, otherwise: T?) -> T", If, bool, int64_t, double,
                          Text>(),
         overload<"<N: size>(condition: bool?, then: vector<N>?, otherwise: vector<N>?) -> vector<N>", IfVector>(),
         generic_overload<"<T: scalar>(condition: bool?, then: list<T>?, otherwise: list<T>?) -> list<T>", IfList, bool,
                          int64_t, double, Text>()},
    .nulls = "then otherwise",
    .edges = {{"the condition is null", "the value after `else`"}, {"the chosen value is null", "null"}},
    .examples = {{"if 1 < 2 then \"yes\" else \"no\"", "\"yes\""}, {"if null then 1 else 2", "2"}},
    .cost = {.per_row = 0.4},
    .aliases = "if_else iff ifelse case_when where select ternary case",
    .see_also = "coalesce and or",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
