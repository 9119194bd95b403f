// phrase_index(tokens, phrase): where a run of elements first stands in a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/phrase_search.h"

namespace feature_extractor {
namespace {

template <class T>
struct PhraseIndex {
  static Nullable<int64_t> eval(Arena& arena, List<T> tokens, List<T> phrase) {
    const uint32_t at = find_phrase(tokens, phrase, arena);
    return Nullable<int64_t>::where(at != kNoPhrase, at);
  }
};

constexpr Operator kOperator = {
    .name = "phrase_index",
    .summary = "Find the first position at which a list has all elements of a phrase, side by side and in order",
    .detail = "Positions count from 0.",
    .parameters = {{"tokens", "the list to look in, such as the words of a title"},
                   {"phrase", "the elements to look for, such as the words of a query"}},
    .overloads =
        {generic_overload<"<T: key>(tokens: list<T>, phrase: list<T>) -> int?", PhraseIndex, bool, int64_t, Text>()},
    .edges = {{"the phrase is not there", "null; not -1"},
              {"the phrase is empty", "0"},
              {"an element of `tokens` is null", "it is equal to nothing, but it counts as a position"},
              {"an element of the phrase is null", "null: nothing is equal to it"}},
    .examples = {{"phrase_index([\"new\", \"red\", \"shoes\"], [\"red\", \"shoes\"])", "1"},
                 {"phrase_index([\"red\", \"new\", \"shoes\"], [\"red\", \"shoes\"])", "null"}},
    .cost = {.per_row = 15.0, .per_element = 2.0},
    .aliases = "phrase_position index_of_phrase sublist_index",
    .see_also = "contains_phrase index_of minimum_cover",
    .source = "D. E. Knuth, J. H. Morris and V. R. Pratt, Fast pattern matching in strings, SIAM J. Comput. 6 (1977)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
