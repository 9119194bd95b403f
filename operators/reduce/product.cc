// product(xs): all elements multiplied.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Product {
  static Nullable<T> eval(List<T> xs) {
    T product = 1;
    bool overflow = false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (xs.is_null(i)) continue;
      if constexpr (std::is_same_v<T, double>) {
        product *= xs[i];
      } else {
        // Once a factor is 0 the product is 0, whatever overflowed before or comes after.
        if (xs[i] == 0) return T{0};
        overflow |= __builtin_mul_overflow(product, xs[i], &product);
      }
    }
    return Nullable<T>::where(!overflow, product);
  }
};

constexpr Operator kOperator = {
    .name = "product",
    .summary = "Multiply the elements of a list",
    .detail = "Floats are multiplied from left to right.",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> T", Product, int64_t, double>()},
    .edges = {{"the list is empty, or all elements are null", "1, as `sum` gives 0"},
              {"an element is null", "it is skipped"},
              {"the product does not fit 64 bits, or is not finite", "null"},
              {"one of the ints is 0", "0"}},
    .examples = {{"product([2, 3, 4])", "24"}},
    .cost = {.per_row = 3.0, .per_element = 1.2},
    .aliases = "prod reduce_prod list_product multiply_all",
    .see_also = "sum multiply",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
