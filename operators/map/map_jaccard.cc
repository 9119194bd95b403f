// map_jaccard(x, y): the weighted Jaccard similarity of two sparse vectors.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

inline double weight_of(List<double> values, uint32_t i) {
  return !values.is_null(i) && values[i] > 0.0 ? values[i] : 0.0;
}

// The sums of the lesser and of the greater weights. They are taken in one order whichever map is shared: over the entries of
// the first map, and then over those of the second whose keys the first does not have.
struct Sums {
  double least = 0.0;
  double greatest = 0.0;

  void add(double x, double y) {
    least += x < y ? x : y;
    greatest += x < y ? y : x;
  }
  Nullable<double> similarity() const {
    return Nullable<double>::where(greatest > 0.0 && greatest <= adapter::kLargestFinite, least / greatest);
  }
};

// A map with the number of each entry's key, and a weight for each number.
template <class K>
struct NumberedMap {
  MarkedIndex<K> table;
  uint32_t* ids;
  double* own;
  double* weights;
  uint32_t size;

  void build(Map<K, double> m, Arena& arena) {
    const List<K> keys = m.keys();
    const List<double> values = m.values();
    size = m.size();
    table.build(keys, arena);
    ids = arena.allocate_array<uint32_t>(size);
    own = arena.allocate_array<double>(size);
    weights = arena.allocate_array<double>(size);
    for (uint32_t i = 0; i < size; ++i) {
      ids[i] = keys.is_null(i) ? HashIndex<K>::kNone : table.find(keys[i]);
      own[i] = weight_of(values, i);
      if (ids[i] != HashIndex<K>::kNone) weights[ids[i]] = own[i];
    }
  }
};

template <class K>
struct MapJaccard {
  static Nullable<double> eval(Arena& arena, Map<K, double> x, Map<K, double> y) {
    Arena::Scope scope(arena);
    SecondIndex second;
    second.build(y, arena);
    return second.probe(x);
  }

  struct Index : NumberedMap<K> {
    Nullable<double> probe(Map<K, double> y) {
      const List<K> keys = y.keys();
      const List<double> values = y.values();
      this->table.clear_marks();
      for (uint32_t i = 0; i < y.size(); ++i) {
        const uint32_t id = keys.is_null(i) ? HashIndex<K>::kNone : this->table.find(keys[i]);
        if (id == HashIndex<K>::kNone) continue;
        this->table.mark(id);
        this->weights[id] = weight_of(values, i);
      }
      Sums sums;
      for (uint32_t i = 0; i < this->size; ++i) {
        const uint32_t id = this->ids[i];
        if (id == HashIndex<K>::kNone) continue;
        sums.add(this->own[i], this->table.is_marked(id) ? this->weights[id] : 0.0);
      }
      for (uint32_t i = 0; i < y.size(); ++i) {
        if (!keys.is_null(i) && !this->table.contains(keys[i])) sums.add(0.0, weight_of(values, i));
      }
      return sums.similarity();
    }
  };

  struct SecondIndex : NumberedMap<K> {
    Nullable<double> probe(Map<K, double> x) {
      const List<K> keys = x.keys();
      const List<double> values = x.values();
      this->table.clear_marks();
      Sums sums;
      for (uint32_t i = 0; i < x.size(); ++i) {
        if (keys.is_null(i)) continue;
        const uint32_t id = this->table.find(keys[i]);
        if (id != HashIndex<K>::kNone) this->table.mark(id);
        sums.add(weight_of(values, i), id == HashIndex<K>::kNone ? 0.0 : this->weights[id]);
      }
      for (uint32_t i = 0; i < this->size; ++i) {
        const uint32_t id = this->ids[i];
        if (id != HashIndex<K>::kNone && !this->table.is_marked(id)) sums.add(0.0, this->own[i]);
      }
      return sums.similarity();
    }
  };
};

constexpr Operator kOperator = {
    .name = "map_jaccard",
    .summary = "Measure how similar two maps are, as the weighted Jaccard similarity of sparse vectors",
    .detail =
        "The sum of the lesser of the two weights of each key, divided by the sum of the greater ones: from 0 to 1. A "
        "key that one of the maps lacks weighs 0 there. Where all weights are 1 it is `jaccard` of the keys. The sums "
        "run over the first map and then over the rest of the second.",
    .parameters = {{"x", "the first map"}, {"y", "the second map"}},
    .overloads =
        {generic_overload<"<K: key>(x: map<K, float>, y: map<K, float>) -> float?", MapJaccard, bool, int64_t, Text>()},
    .edges = {{"no weight is above 0, or both maps are empty", "null: there is nothing to compare"},
              {"one map is empty", "0"},
              {"a value is negative or null", "it counts as 0"},
              {"an input map holds a key twice", "in the second map the later value counts"},
              {"the sum is not finite", "null"}},
    .examples = {{"m: map<string, float> = {\"a\": 1.0, \"b\": 2.0} | n: map<string, float> = {\"b\": 4.0, \"c\": 1.0} "
                  "| map_jaccard(m, n)",
                  "0.3333333333333333"}},
    .cost = {.per_row = 35.0, .per_element = 4.0},
    .aliases = "weighted_jaccard ruzicka minmax_similarity generalized_jaccard",
    .see_also = "map_cosine map_dot jaccard",
    .source = "Ruzicka: Anwendung mathematisch-statistischer Methoden in der Geobotanik (1958)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
