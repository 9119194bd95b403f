// reverse(xs): the last element first.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct ReverseList {
  static void eval(List<Any> xs, Selection& kept) {
    kept.reserve(xs.size());
    for (uint32_t i = xs.size(); i > 0; --i) kept.push_back(i - 1);
  }
};

struct ReverseText {
  static Text eval(Arena& arena, Text s) { return text::reverse(s, arena); }
};

constexpr Operator kOperator = {
    .name = "reverse",
    .summary = "Turn the order of a list or of the characters of a text around",
    .detail =
        "Characters are Unicode code points: a combining mark that followed its letter comes before it afterwards.",
    .parameters = {{"xs", "the list or text"}},
    .overloads = {overload<"<T: any>(xs: list<T>) -> list<T>", ReverseList>(),
                  overload<"(xs: string) -> string", ReverseText>()},
    .edges = {{"`xs` is empty", "empty"}, {"an element is null", "it moves like any other"}},
    .examples = {{"reverse([1, 2, 3])", "[3, 2, 1]"}, {"reverse(\"abc\")", "\"cba\""}},
    .cost = {.per_row = 3.0, .per_element = 0.5},
    .aliases = "list_reverse array_reverse",
    .see_also = "sort last",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
