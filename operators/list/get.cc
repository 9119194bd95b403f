// get(xs, i): one element of a list, one value of a map, one number of a vector.
#include "feature_extractor/key_search.h"
#include "feature_extractor/operator.h"
#include "feature_extractor/probed_keys.h"

namespace feature_extractor {
namespace {

// The position for an index that may count from the end, or `size` if there is none.
constexpr uint32_t position_of(int64_t index, uint32_t size) {
  const int64_t position = index < 0 ? index + static_cast<int64_t>(size) : index;
  return position < 0 || position >= static_cast<int64_t>(size) ? size : static_cast<uint32_t>(position);
}

struct GetElement {
  static Nullable<Span> eval(List<Any> xs, int64_t index) {
    const uint32_t position = position_of(index, xs.size());
    return Nullable<Span>::where(position < xs.size(), {position, 1});
  }
};

// Where a key comes twice, which no operator here produces but an input may hold, the later entry counts.
template <class K>
struct GetValue {
  static Nullable<Span> eval(Map<K, Any> m, K key) {
    const uint32_t position = last_position<K>(m.keys(), key);
    return Nullable<Span>::where(position != kKeyNotFound, {position, 1});
  }

  struct Index {
    ProbedKeys<K> keys;
    uint32_t* positions;  // By number plus one; the first is of no key.
    void build(Map<K, Any> m, Arena& arena) {
      const List<K> all = m.keys();
      keys.start(all.size(), arena);
      positions = arena.allocate_array<uint32_t>(all.size() + 1);
      positions[0] = 0;
      for (uint32_t i = 0; i < all.size(); ++i) {
        if (!all.is_null(i)) positions[keys.insert(all[i]) + 1] = i;
      }
    }
    Nullable<Span> answer(uint32_t number) const {
      return Nullable<Span>::where(number != ProbedKeys<K>::kNone, {positions[number + 1], 1});
    }
  };
};

struct GetNumber {
  static Nullable<double> eval(Vector v, int64_t index) {
    const uint32_t position = position_of(index, v.size);
    if (position >= v.size) return null;
    return static_cast<double>(v[position]);
  }
};

constexpr Operator kOperator = {
    .name = "get",
    .summary = "Take one element of a list, one value of a map or one number of a vector",
    .detail =
        "`x[i]` is the same as `get(x, i)`. Positions count from 0; negative ones count from the end, so that -1 is "
        "the last.",
    .syntax = "[]",
    .parameters = {{"x", "the list, map or vector"}, {"key", "the position, or the map's key"}},
    .overloads = {overload<"<T: any>(x: list<T>, key: int) -> T?", GetElement>(),
                  generic_overload<"<K: key, V: any>(x: map<K, V>, key: K) -> V?", GetValue, bool, int64_t, Text>(),
                  overload<"<N: size>(x: vector<N>, key: int) -> float?", GetNumber>()},
    .edges = {{"the position is outside the list or vector", "null, never an error"},
              {"the map has no such key", "null"},
              {"the element, or the value of the key, is null", "null"},
              {"an input map holds a key twice", "the later value counts"}},
    .examples = {{"[10, 20, 30][1]", "20"}, {"get([10, 20, 30], -1)", "30"}, {"get([10], 5)", "null"}},
    .cost = {.per_row = 3.0, .per_element = 0.5},
    .aliases = "element_at at nth list_extract array_get subscript map_get map_lookup item",
    .see_also = "first last contains slice",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
