// argmin(xs): the position of the least element.
#include "feature_extractor/operator.h"
#include "feature_extractor/ordering.h"

namespace feature_extractor {
namespace {

template <class T>
struct Argmin {
  static Nullable<int64_t> eval(List<T> xs) {
    const Nullable<uint32_t> position = first_in_order(ValueOrder<T>{xs, false});
    return Nullable<int64_t>::where(position.has_value(), *position);
  }
};

constexpr Operator kOperator = {
    .name = "argmin",
    .summary = "Find the position of the least element",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: ordered>(xs: list<T>) -> int?", Argmin, bool, int64_t, double, Text>()},
    .edges = {{"the least element comes more than once", "the first position"},
              {"an element is null", "it is skipped, but counts as a position"},
              {"the list is empty, or all elements are null", "null"}},
    .examples = {{"argmin([3, 1, 9])", "1"}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "arg_min idxmin list_arg_min",
    .see_also = "argmax min min_by",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
