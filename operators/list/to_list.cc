// to_list(x): a list of one element, or the numbers of a vector.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct OneElement {
  static void eval(T x, ListBuilder<T>& result) { result.push_back(x); }
};

struct NumbersOfVector {
  static void eval(Vector v, ListBuilder<double>& result) {
    result.reserve(v.size);
    for (uint32_t i = 0; i < v.size; ++i) result.push_back(static_cast<double>(v[i]));
  }
};

constexpr Operator kOperator = {
    .name = "to_list",
    .summary = "Make a list of one value, or of the numbers of a vector",
    .detail = "Unlike `[x]`, it is null where `x` is null.",
    .parameters = {{"x", "the value or vector"}},
    .overloads = {generic_overload<"<T: scalar>(x: T) -> list<T>", OneElement, bool, int64_t, double, Text>(),
                  overload<"<N: size>(x: vector<N>) -> list<float>", NumbersOfVector>()},
    .edges = {{"`x` is null", "null, not a list with a null in it"}},
    .examples = {{"to_list(5)", "[5]"}, {"to_list(\"a\")", "[\"a\"]"}},
    .cost = {.per_row = 4.0, .per_element = 0.5},
    .role = "to_list",
    .aliases = "as_list wrap to_array",
    .see_also = "list_of cross",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
