// contains(xs, x): membership in a list, a map, a vocabulary, or of a part in a text.
#include "feature_extractor/operator.h"
#include "feature_extractor/decimal_text.h"
#include "feature_extractor/extremes.h"
#include "feature_extractor/probed_keys.h"
#include "feature_extractor/resource.h"
#include "feature_extractor/text.h"

#include <optional>

namespace feature_extractor {
namespace {

template <class T>
struct InList {
  // One pass without an early end: for short lists this beats a branch per element.
  static bool eval(List<T> xs, T x) {
    const auto* data = xs.data();
    const uint8_t* valid = xs.valid();
    if constexpr (std::is_same_v<T, Text>) {
      for (uint32_t i = 0; i < xs.size(); ++i) {
        if (equal_values(data[i], x) && (valid == nullptr || valid[i] != 0)) return true;
      }
      return false;
    } else {
      const auto stored = Storage<T>::to(x);
      uint64_t found = 0;
      if (valid == nullptr) {
        if constexpr (!std::is_same_v<T, bool>) return any_equal(data, xs.size(), stored);
        for (uint32_t i = 0; i < xs.size(); ++i) found |= data[i] == stored ? 1 : 0;
      } else {
        for (uint32_t i = 0; i < xs.size(); ++i) found |= data[i] == stored ? valid[i] : 0;
      }
      return found != 0;
    }
  }

  struct Index {
    ProbedKeys<T> keys;
    void build(List<T> xs, Arena& arena) { keys.build(xs, arena); }
    bool answer(uint32_t number) const { return number != ProbedKeys<T>::kNone; }
  };
};

template <class K>
struct InMap {
  static bool eval(Map<K, Any> m, K key) { return InList<K>::eval(m.keys(), key); }

  struct Index {
    ProbedKeys<K> keys;
    void build(Map<K, Any> m, Arena& arena) { keys.build(m.keys(), arena); }
    bool answer(uint32_t number) const { return number != ProbedKeys<K>::kNone; }
  };
};

struct InText {
  static bool eval(Text s, Text part) { return text::contains(s, part); }
};

struct BoundVocabulary {
  const Vocabulary* words;
};

struct InVocabulary {
  using State = BoundVocabulary;
  static std::optional<State> bind(const Vocabulary* words, BindError&) { return State{words}; }
  static bool eval(const State& state, Text word) { return state.words->contains(word); }
};

struct IntInVocabulary {
  using State = BoundVocabulary;
  static constexpr bool kRowByRow = true;
  static std::optional<State> bind(const Vocabulary* words, BindError&) { return State{words}; }
  static bool eval(const State& state, int64_t word) {
    DecimalText text(word);
    return state.words->contains(text.view());
  }
};

constexpr Operator kOperator = {
    .name = "contains",
    .summary = "Tell whether a list, map, text or vocabulary contains a value",
    .detail =
        "`x in xs` is the same as `contains(xs, x)`. For a map it asks for a key; for a text, for a part of it; for a "
        "vocabulary, for a word (an int by its decimal text). Floats are equal if their values are: 0.0 equals -0.0.",
    .syntax = "in",
    .parameters = {{"xs", "where to look"}, {"x", "what to look for"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, x: T) -> bool", InList, bool, int64_t, double, Text>(),
                  overload<"(xs: string, x: string) -> bool", InText>(),
                  generic_overload<"<K: key, V: any>(xs: map<K, V>, x: K) -> bool", InMap, bool, int64_t, Text>(),
                  overload<"(xs: vocabulary, x: string) -> bool", InVocabulary>(),
                  overload<"(xs: vocabulary, x: int) -> bool", IntInVocabulary>()},
    .edges = {{"`x` is null", "null"},
              {"the list has null elements", "they are equal to nothing; the result is true or false, never null"},
              {"the list is empty", "false"},
              {"the searched part of a text is empty", "true"},
              {"a map's value is null", "the key is still there: true"},
              {"upper and lower case, or composed and decomposed letters",
               "are different: `fold_case` and `normalize` come first where they should not be"}},
    .examples = {{"contains([1, 2, 3], 2)", "true"},
                 {"\"a\" in [\"b\", \"c\"]", "false"},
                 {"contains(\"running shoes\", \"shoe\")", "true"}},
    .cost = {.per_row = 6.0, .per_element = 0.3},
    .aliases =
        "array_contains list_contains has includes in_list is_in contains_key map_contains_key str_contains position",
    .see_also = "index_of count_value intersects",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
