// l2_norm(x): the length of a vector.
#include "feature_extractor/operator.h"
#include "feature_extractor/vector_products.h"

namespace feature_extractor {
namespace {

template <SimdLevel Level>
struct NormOfVector {
  static double eval(Vector x) { return __builtin_sqrt(dot_at<Level>(x, x)); }
};

template <class T>
struct NormOfList {
  static constexpr bool kSimd = true;
  static Nullable<double> eval(List<T> xs) {
    const double squares = lane_sum(xs, [](T x) { return static_cast<double>(x) * static_cast<double>(x); });
    return Nullable<double>::where(count_present(xs) > 0, __builtin_sqrt(squares));
  }
};

constexpr Operator kOperator = {
    .name = "l2_norm",
    .summary = "Take the length of a vector, or of a list as one",
    .detail = "The root of the sum of squares, computed in double precision and summed in the order of `sum`.",
    .parameters = {{"x", "the vector or list"}},
    .overloads = {leveled_overload<"<N: size>(x: vector<N>) -> float", NormOfVector>(),
                  generic_overload<"<T: number>(x: list<T>) -> float?", NormOfList, int64_t, double>()},
    .edges = {{"the list is empty, or all elements are null", "null"},
              {"an element is null", "it is skipped"},
              {"all numbers are 0", "0"},
              {"the sum of squares is not finite", "null"},
              {"all squares are too small for a float", "0"}},
    .examples = {{"l2_norm([3.0, 4.0])", "5.0"}},
    .cost = {.per_row = 6.0, .per_element = 0.3},
    .aliases = "norm magnitude euclidean_norm vector_norm",
    .see_also = "normalize_vector dot",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
