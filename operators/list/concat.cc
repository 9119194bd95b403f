// concat(a, b, ...): texts or lists put behind each other.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ConcatTexts {
  static constexpr bool kStrictVariadic = true;
  static Text eval(Arena& arena, Variadic<Text> values) {
    size_t size = 0;
    for (uint32_t i = 0; i < values.size(); ++i) size += values[i].size();
    if (size == 0) return {};
    char* const start = arena.allocate(size);
    char* target = start;
    for (uint32_t i = 0; i < values.size(); ++i) {
      const Text value = values[i];
      if (value.empty()) continue;
      __builtin_memcpy(target, value.data(), value.size());
      target += value.size();
    }
    return {start, size};
  }
};

template <class T>
struct ConcatLists {
  static constexpr bool kStrictVariadic = true;
  static void eval(Variadic<List<T>> lists, ListBuilder<T>& result) {
    uint64_t size = 0;
    for (uint32_t k = 0; k < lists.size(); ++k) size += lists[k].size();
    result.reserve(static_cast<uint32_t>(size));
    for (uint32_t k = 0; k < lists.size(); ++k) {
      const List<T> list = lists[k];
      for (uint32_t i = 0; i < list.size(); ++i) result.push_element(list, i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "concat",
    .summary = "Put texts or lists behind each other",
    .parameters = {{"values", "the texts, or the lists of one element type"}},
    .overloads =
        {overload<"(values: string...) -> string", ConcatTexts>(),
         generic_overload<"<T: scalar>(values: list<T>...) -> list<T>", ConcatLists, bool, int64_t, double, Text>()},
    .edges = {{"an argument is null", "null, as in SQL's `||`; give it a default with `??`"},
              {"an argument is empty", "it adds nothing"},
              {"a list has null elements", "they stay where they are"}},
    .examples = {{"concat(\"a\", \"-\", \"b\")", "\"a-b\""}, {"concat([1, 2], [2, 3])", "[1, 2, 2, 3]"}},
    .cost = {.per_row = 8.0, .per_element = 0.5},
    .algebra = "associative",
    .aliases = "array_concat list_concat array_cat list_cat strcat str_concat extend",
    .see_also = "join union append",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
