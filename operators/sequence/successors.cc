// successors(xs, x), successors(xs, key, x): the elements that come right after a value.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class K>
struct SuccessorsByKey {
  static void eval(List<Any>, List<K> keys, K x, Selection& kept) {
    for (uint32_t i = 0; i + 1 < keys.size(); ++i) {
      if (!keys.is_null(i) && same_value<K>(keys[i], x)) kept.push_back(i + 1);
    }
  }

  // For each value the positions where it stands, as a chain in ascending order.
  struct Index {
    static constexpr size_t kLists = 2;
    HashIndex<K> table;
    uint32_t* heads;
    uint32_t* tails;
    uint32_t* nexts;

    void build(List<Any>, List<K> keys, Arena& arena) {
      // The last element has no successor.
      const uint32_t size = keys.empty() ? 0 : keys.size() - 1;
      table.start(size, arena);
      heads = arena.allocate_array<uint32_t>(size);
      tails = arena.allocate_array<uint32_t>(size);
      nexts = arena.allocate_array<uint32_t>(size);
      for (uint32_t i = 0; i < size; ++i) {
        if (keys.is_null(i)) continue;
        const uint32_t known = table.size();
        const uint32_t id = table.insert(keys[i]);
        if (id == known) {
          heads[id] = i;
        } else {
          nexts[tails[id]] = i;
        }
        tails[id] = i;
        nexts[i] = HashIndex<K>::kNone;
      }
    }
    void probe(K x, Selection& kept) const {
      const uint32_t id = table.find(x);
      if (id == HashIndex<K>::kNone) return;
      for (uint32_t i = heads[id]; i != HashIndex<K>::kNone; i = nexts[i]) kept.push_back(i + 1);
    }
  };
};

template <class T>
struct Successors {
  static void eval(List<T> xs, T x, Selection& kept) { SuccessorsByKey<T>::eval({}, xs, x, kept); }
};

constexpr Operator kOperator = {
    .name = "successors",
    .summary = "List the elements that come right after a value",
    .detail =
        "What a user did next: `let after = history.successors(e -> e.genre, history.last().genre)` are the events "
        "that followed one of the same genre as the last, and `ratio(after.count(e -> e.genre == genre), "
        "after.length())` is how often the candidate's genre did: a first-order Markov chain.",
    .parameters = {{"xs", "the list, oldest first"},
                   {"key", "what is compared with `x`"},
                   {"x", "the value whose successors are wanted"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, x: T) -> list<T>", Successors, bool, int64_t, double, Text>(),
         generic_overload<"<T: any, K: scalar>(xs: list<T>, key: T -> K, x: K) -> list<T>", SuccessorsByKey, bool,
                          int64_t, double, Text>()},
    .edges = {{"the list is empty", "an empty list"},
              {"the value stands last", "nothing comes after it"},
              {"the value comes twice in a row", "the second one is a successor of the first"},
              {"a successor is null", "a null element"},
              {"a key is null", "it is equal to nothing"},
              {"`x` is null", "null"}},
    .examples = {{"successors([\"a\", \"b\", \"a\", \"c\", \"a\"], \"a\")", "[\"b\", \"c\"]"},
                 {"successors([1, 1, 2], 1)", "[1, 2]"},
                 {"successors([10, 21, 30, 43], x -> x % 10, 0)", "[21, 43]"}},
    .cost = {.per_row = 8.0, .per_element = 1.0},
    .aliases = "transitions next_elements followers lead markov",
    .see_also = "shift ngrams count_values",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
