// intersects(xs, ys): do two lists share a value?
#include "feature_extractor/operator.h"
#include "feature_extractor/probed_keys.h"

namespace feature_extractor {
namespace {

template <class T>
struct Intersects {
  static bool eval(Arena& arena, List<T> xs, List<T> ys) {
    Arena::Scope scope(arena);
    HashIndex<T> table;
    table.build(ys, arena);
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (!xs.is_null(i) && table.contains(xs[i])) return true;
    }
    return false;
  }

  // Serves for either list, since the question is symmetric.
  struct Index {
    ProbedKeys<T> table;
    void build(List<T> list, Arena& arena) { table.build(list, arena); }
    bool probe(List<T> other) const {
      constexpr uint32_t kBlock = ProbedKeys<T>::kBlock;
      const uint8_t* valid = other.valid();
      uint32_t found = 0;
      for (uint32_t begin = 0; begin < other.size() && found == 0; begin += kBlock) {
        const uint32_t count = other.size() - begin < kBlock ? other.size() - begin : kBlock;
        uint32_t numbers[kBlock];
        table.find_block(other.data() + begin, count, numbers);
        for (uint32_t i = 0; i < count; ++i) {
          const bool here = numbers[i] != ProbedKeys<T>::kNone;
          found |= here & (valid == nullptr || valid[begin + i] != 0) ? 1 : 0;
        }
      }
      return found != 0;
    }
  };
  using SecondIndex = Index;
};

constexpr Operator kOperator = {
    .name = "intersects",
    .summary = "Tell whether two lists share a value",
    .parameters = {{"xs", "the first list"}, {"ys", "the second list"}},
    .overloads =
        {generic_overload<"<T: scalar>(xs: list<T>, ys: list<T>) -> bool", Intersects, bool, int64_t, double, Text>()},
    .edges = {{"a list is empty", "false"}, {"an element is null", "it is equal to nothing"}},
    .examples = {{"intersects([1, 2], [2, 3])", "true"}, {"intersects([\"a\"], [\"b\"])", "false"}},
    .cost = {.per_row = 25.0, .per_element = 2.0},
    .algebra = "commutative",
    .aliases = "has_overlap arrays_overlap array_has_any list_has_any isdisjoint overlaps",
    .see_also = "overlap_count intersect contains",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
