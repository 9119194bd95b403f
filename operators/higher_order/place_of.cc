// place_of(keys, value): the planner's number for a value that many look-ups compare with a list's keys.
#include "feature_extractor/operator.h"
#include "feature_extractor/probed_keys.h"

namespace feature_extractor {
namespace {

template <class T>
struct PlaceOf {
  static int64_t eval(List<T> keys, Nullable<T> value) {
    if (!value) return -1;
    for (uint32_t i = 0; i < keys.size(); ++i) {
      if (same_value<T>(keys[i], *value) && !keys.is_null(i)) return static_cast<int64_t>(i);
    }
    return -1;
  }

  struct Index {
    ProbedKeys<T> keys;
    int64_t* places;  // By number plus one; the first is that of no key.

    void build(List<T> all, Arena& arena) {
      keys.start(all.size(), arena);
      places = arena.allocate_array<int64_t>(all.size() + 1);
      places[0] = -1;
      for (uint32_t i = 0; i < all.size(); ++i) {
        if (all.is_null(i)) continue;
        const uint32_t size = keys.size();
        const uint32_t number = keys.insert(all[i]);
        if (number == size) places[number + 1] = static_cast<int64_t>(i);
      }
    }
    int64_t answer(uint32_t number) const { return places[number + 1]; }
  };
};

constexpr Operator kOperator = {
    .name = "place_of",
    .summary = "Find the first position of a value among the keys of a list, -1 where there is none",
    .detail =
        "Written by the planner where several conditions compare the same key of a list's elements with the same "
        "value: then they compare positions. `index_of` is the form for people: it is null where the value is not "
        "there.",
    .parameters = {{"keys", "the key of each element"}, {"value", "the value to look for"}},
    .overloads =
        {generic_overload<"<T: scalar>(keys: list<T>, value: T?) -> int", PlaceOf, bool, int64_t, double, Text>()},
    .edges = {{"the value is null", "-1: nothing equals null"},
              {"the value is not there", "-1"},
              {"a key is null", "it equals nothing"}},
    .examples = {{"place_of([7, 5, 7], 7)", "0"}, {"place_of([7, 5], 6)", "-1"}},
    .cost = {.per_row = 6.0, .per_element = 0.3},
    .role = "hidden",
    .see_also = "index_of count_equal",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
