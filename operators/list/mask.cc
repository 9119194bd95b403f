// mask(xs, keep): the elements that a parallel list of conditions keeps.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Mask {
  static void eval(List<Any> xs, List<bool> keep, Selection& kept) {
    const uint32_t size = xs.size() < keep.size() ? xs.size() : keep.size();
    kept.reserve(size);
    for (uint32_t i = 0; i < size; ++i) {
      if (!keep.is_null(i) && keep[i]) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "mask",
    .summary = "Keep the elements for which a second list says true",
    .detail =
        "For parallel lists: `movies.mask(times.map(t -> t >= now - 7d))`. Where the condition can be asked of the "
        "element itself, `filter` says it.",
    .parameters = {{"xs", "the list"}, {"keep", "for each element whether it stays"}},
    .overloads = {overload<"<T: any>(xs: list<T>, keep: list<bool>) -> list<T>", Mask>()},
    .edges = {{"one list is longer", "its rest is left out"},
              {"a condition is null", "the element is dropped"},
              {"a list is empty", "an empty list"}},
    .examples = {{"mask([\"a\", \"b\", \"c\"], [true, false, true])", "[\"a\", \"c\"]"}},
    .cost = {.per_row = 4.0, .per_element = 1.0},
    .aliases = "bool_mask boolean_mask compress select_where",
    .see_also = "filter gather",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
