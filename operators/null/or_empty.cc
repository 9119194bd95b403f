// or_empty(xs): a list, empty where it is null.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct OrEmpty {
  static Span eval(Nullable<List<Any>> xs) { return {0, xs.has_value() ? (*xs).size() : 0}; }
};

constexpr Operator kOperator = {
    .name = "or_empty",
    .summary = "Replace a null list by the empty one",
    .detail = "Serves lists of any element, also of structs, and copies nothing.",
    .parameters = {{"xs", "the list that may be null"}},
    .overloads = {overload<"<T: any>(xs: list<T>?) -> list<T>", OrEmpty>()},
    .edges = {{"null elements", "they stay"}},
    .examples = {{"or_empty([1, 2])", "[1, 2]"}},
    .cost = {.per_row = 1.0},
    .aliases = "list_or_empty fill_empty",
    .see_also = "coalesce",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
