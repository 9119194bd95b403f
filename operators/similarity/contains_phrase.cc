// contains_phrase(tokens, phrase): whether a list has all elements of a phrase side by side.
#include "feature_extractor/operator.h"
#include "feature_extractor/phrase_search.h"

namespace feature_extractor {
namespace {

template <class T>
struct ContainsPhrase {
  static bool eval(Arena& arena, List<T> tokens, List<T> phrase) {
    return find_phrase(tokens, phrase, arena) != kNoPhrase;
  }
};

constexpr Operator kOperator = {
    .name = "contains_phrase",
    .summary = "Tell whether a list has all elements of a phrase, side by side and in order",
    .parameters = {{"tokens", "the list to look in, such as the words of a title"},
                   {"phrase", "the elements to look for, such as the words of a query"}},
    .overloads =
        {generic_overload<"<T: key>(tokens: list<T>, phrase: list<T>) -> bool", ContainsPhrase, bool, int64_t, Text>()},
    .edges = {{"the phrase is empty", "true"},
              {"the phrase is longer than the list", "false"},
              {"an element of `tokens` is null", "it is equal to nothing"},
              {"an element of the phrase is null", "false: nothing is equal to it"}},
    .examples = {{"contains_phrase([\"new\", \"red\", \"shoes\"], [\"red\", \"shoes\"])", "true"},
                 {"contains_phrase([\"red\", \"new\", \"shoes\"], [\"red\", \"shoes\"])", "false"}},
    .cost = {.per_row = 15.0, .per_element = 2.0},
    .aliases = "is_contain phrase_contain phrase_match contains_sequence",
    .see_also = "phrase_index is_subset contains",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
