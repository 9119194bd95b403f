// all(xs, predicate): does the condition hold for every element?
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct AllHold {
  static bool eval(List<Any> xs, List<bool> predicate) {
    const uint8_t* holds = predicate.data();
    const uint8_t* valid = predicate.valid();
    uint8_t every = 1;
    if (valid == nullptr) {
      for (uint32_t i = 0; i < xs.size(); ++i) every &= holds[i];
    } else {
      for (uint32_t i = 0; i < xs.size(); ++i) every &= holds[i] | (valid[i] ^ 1);
    }
    return every != 0;
  }
};

struct AllTrue {
  static bool eval(List<bool> xs) { return AllHold::eval(List<Any>(nullptr, xs.entry()), xs); }
};

constexpr Operator kOperator = {
    .name = "all",
    .summary = "Tell whether a condition holds for every element",
    .detail = "Without a condition, whether every element of a list of bools is true.",
    .parameters = {{"xs", "the list"}, {"predicate", "the condition, asked for each element"}},
    .overloads = {overload<"(xs: list<bool>) -> bool", AllTrue>(),
                  overload<"<T: any>(xs: list<T>, predicate: T -> bool) -> bool", AllHold>()},
    .edges = {{"the list is empty", "true"},
              {"the condition is null", "the element is skipped, as in every reduction: the result is never null"}},
    .examples = {{"all([1, 2, 3], x -> x > 0)", "true"}, {"all([true, false])", "false"}},
    .cost = {.per_row = 2.0, .per_element = 0.1},
    .aliases = "every all_match for_all array_all list_all bool_and",
    .see_also = "any none",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
