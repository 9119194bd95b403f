// filter_equal(xs, key, value): the planner's form of a filter by equality, so that one table serves all rows
// that share a list.
#include "feature_extractor/operator.h"
#include "feature_extractor/joined_keys.h"

namespace feature_extractor {
namespace {

template <class K>
struct FilterEqual {
  static void eval(List<Any> xs, List<K> keys, Nullable<K> value, Selection& kept) {
    if (!value) return;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (same_value<K>(keys[i], *value) && !keys.is_null(i)) kept.push_back(i);
    }
  }

  // The positions of each distinct key, one run after the other.
  struct Index {
    static constexpr size_t kLists = 2;
    static constexpr uint32_t kFew = 4;
    static constexpr uint64_t kRefused = uint64_t{1} << 29;
    JoinedKeys<K> keys;
    uint32_t* starts;
    uint32_t* positions;

    void build(List<Any> xs, List<K> key_of, Arena& arena) {
      const uint32_t size = xs.size();
      keys.start(key_of, arena);
      auto* ids = arena.allocate_array<uint32_t>(size);
      starts = arena.allocate_array<uint32_t>(size + 2);
      positions = arena.allocate_array<uint32_t>(size + kFew);
      for (uint32_t i = 0; i <= size; ++i) starts[i] = 0;
      for (uint32_t i = 0; i < size; ++i) {
        ids[i] = key_of.is_null(i) ? JoinedKeys<K>::kNone : keys.insert(key_of[i]);
        if (ids[i] != JoinedKeys<K>::kNone) ++starts[ids[i]];
      }
      uint32_t end = 0;
      for (uint32_t id = 0; id < keys.size(); ++id) {
        end += starts[id];
        starts[id] = end;
      }
      starts[keys.size()] = end;
      starts[keys.size() + 1] = end;  // No key has no positions.
      for (uint32_t i = 0; i < kFew; ++i) positions[size + i] = 0;
      // From the back, so that each start moves from the end of its run to the beginning.
      for (uint32_t i = size; i > 0; --i) {
        if (ids[i - 1] != JoinedKeys<K>::kNone) positions[--starts[ids[i - 1]]] = i - 1;
      }
    }

    // How many there are is as good as random, so a few are copied always.
    void append(const uint32_t* numbers, uint32_t count, GrowingColumn* kept, ListEntry* entries) const {
      uint64_t total = kFew;
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t id = numbers[i] < keys.size() ? numbers[i] : keys.size();
        entries[i] = {starts[id], starts[id + 1] - starts[id]};
        total += entries[i].size;
      }
      // Far more than may be there is refused like what is just too much.
      kept->reserve(static_cast<uint32_t>(total < kRefused ? total : kRefused));
      auto* out = static_cast<uint32_t*>(kept->data);
      uint32_t next = kept->size;
      for (uint32_t i = 0; i < count; ++i) {
        const ListEntry found = entries[i];
        __builtin_memcpy(out + next, positions + found.begin, kFew * sizeof(uint32_t));
        for (uint32_t k = kFew; k < found.size; ++k) out[next + k] = positions[found.begin + k];
        entries[i].begin = next;
        next += found.size;
      }
      kept->size = next;
    }

    void answer(uint32_t id, Selection& kept) const {
      if (id == JoinedKeys<K>::kNone) return;
      kept.reserve(starts[id + 1] - starts[id]);
      for (uint32_t at = starts[id]; at < starts[id + 1]; ++at) kept.push_back(positions[at]);
    }
  };
};

constexpr Operator kOperator = {
    .name = "filter_equal",
    .summary = "Keep the elements whose key equals a value",
    .detail =
        "Written by the planner for `filter(xs, e -> key(e) == value)`, where the value does not depend on the "
        "element. Rows that share the list share one table of its keys.",
    .parameters = {{"xs", "the list"}, {"key", "the key of each element"}, {"value", "the value to equal"}},
    .overloads = {generic_overload<"<T: any, K: scalar>(xs: list<T>, key: T -> K, value: K?) -> list<T>", FilterEqual,
                                   bool, int64_t, double, Text>()},
    .edges = {{"no key equals the value", "an empty list"},
              {"a key is null", "its element is dropped"},
              {"the value is null", "an empty list: nothing equals null"}},
    .examples = {{"filter_equal([11, 21, 12], x -> x % 10, 1)", "[11, 21]"}},
    .cost = {.per_row = 8.0, .per_element = 0.5},
    .role = "hidden",
    .see_also = "filter filter_in",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
