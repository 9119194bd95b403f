// lookup(resource, key): the id of a word, or the row of a table.
#include "feature_extractor/operator.h"
#include "feature_extractor/decimal_text.h"
#include "feature_extractor/resource.h"

#include <optional>

namespace feature_extractor {
namespace {

struct BoundVocabulary {
  const Vocabulary* words;
};

struct LookUpText {
  using State = BoundVocabulary;
  static std::optional<State> bind(const Vocabulary* words, BindError&) { return State{words}; }
  static int64_t eval(const State& state, Text key) { return state.words->lookup(key); }
};

struct LookUpInt {
  using State = BoundVocabulary;
  static constexpr bool kRowByRow = true;
  static std::optional<State> bind(const Vocabulary* words, BindError&) { return State{words}; }
  static int64_t eval(const State& state, int64_t key) { return state.words->lookup(DecimalText(key).view()); }
};

struct LookUpTexts {
  using State = BoundVocabulary;
  static std::optional<State> bind(const Vocabulary* words, BindError&) { return State{words}; }
  static void eval(const State& state, List<Text> keys, ListBuilder<int64_t>& result) {
    result.reserve(keys.size());
    for (uint32_t i = 0; i < keys.size(); ++i) {
      keys.is_null(i) ? result.push_null() : result.push_back(state.words->lookup(keys[i]));
    }
  }
};

struct LookUpInts {
  using State = BoundVocabulary;
  static std::optional<State> bind(const Vocabulary* words, BindError&) { return State{words}; }
  static void eval(const State& state, List<int64_t> keys, ListBuilder<int64_t>& result) {
    result.reserve(keys.size());
    for (uint32_t i = 0; i < keys.size(); ++i) {
      keys.is_null(i) ? result.push_null() : result.push_back(state.words->lookup(DecimalText(keys[i]).view()));
    }
  }
};

struct BoundTable {
  const Table* table;
};

template <class K>
struct FindRow {
  using State = BoundTable;
  static constexpr bool kRowByRow = true;
  static std::optional<State> bind(const Table* table, BindError& error) {
    const auto wanted = std::is_same_v<K, Text> ? Table::ColumnType::kText : Table::ColumnType::kInt;
    if (table->key_type() != wanted) {
      error.set("The table's keys have another type than the key that is looked up.");
      return std::nullopt;
    }
    return State{table};
  }
  static Nullable<int64_t> eval(const State& state, K key) {
    const int64_t row = state.table->find(key);
    return Nullable<int64_t>::where(row >= 0, row);
  }
};

constexpr Operator kOperator = {
    .name = "lookup",
    .summary = "Look up the id of a word in a vocabulary, or the row of a key in a table",
    .detail =
        "The words of a vocabulary have the ids 1, 2, ... in the order of its file and an unknown word has 0; with oov "
        "= n, unknown words have one of the ids 0 to n - 1 by their hash, and the words start at n. An int is looked "
        "up by its decimal text. The row of a table has a field for each column: `rates.lookup(category).buyer_rate`.",
    .parameters = {{"resource", "the vocabulary or table"}, {"key", "the word or words, or the key"}},
    .overloads = {overload<"(resource: vocabulary, key: string) -> int", LookUpText>(),
                  overload<"(resource: vocabulary, key: int) -> int", LookUpInt>(),
                  overload<"(resource: vocabulary, key: list<string>) -> list<int>", LookUpTexts>(),
                  overload<"(resource: vocabulary, key: list<int>) -> list<int>", LookUpInts>(),
                  generic_overload<"<K: key>(resource: table, key: K) -> row?", FindRow, int64_t, Text>()},
    .edges = {{"the word is an empty text", "a word like any other"},
              {"the list of words is empty", "an empty list"},
              {"a vocabulary does not hold the word", "0, or one of its ids for unknown words; never null"},
              {"a table does not hold the key", "null"},
              {"the key is null", "null"},
              {"an element of a list of words is null", "a null element"}},
    .cost = {.per_row = 25.0, .per_element = 20.0},
    .aliases = "vocab_index string_lookup vocab_lookup encode get_id categorify apply_vocabulary",
    .see_also = "contains hash_bucket get",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
