// argmax(xs): the position of the greatest element.
#include "feature_extractor/operator.h"
#include "feature_extractor/ordering.h"

namespace feature_extractor {
namespace {

template <class T>
struct Argmax {
  static Nullable<int64_t> eval(List<T> xs) {
    const Nullable<uint32_t> position = first_in_order(ValueOrder<T>{xs, true});
    return Nullable<int64_t>::where(position.has_value(), *position);
  }
};

constexpr Operator kOperator = {
    .name = "argmax",
    .summary = "Find the position of the greatest element",
    .parameters = {{"xs", "the list"}},
    .overloads = {generic_overload<"<T: ordered>(xs: list<T>) -> int?", Argmax, bool, int64_t, double, Text>()},
    .edges = {{"the greatest element comes more than once", "the first position"},
              {"an element is null", "it is skipped, but counts as a position"},
              {"the list is empty, or all elements are null", "null"}},
    .examples = {{"argmax([3, 9, 1])", "1"}},
    .cost = {.per_row = 3.0, .per_element = 1.0},
    .aliases = "arg_max idxmax list_arg_max",
    .see_also = "argmin max max_by",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
