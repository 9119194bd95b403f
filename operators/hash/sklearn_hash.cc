// sklearn_hash(tokens, features, alternate_sign): a row of scikit-learn's FeatureHasher.
#include "feature_extractor/hash_index.h"
#include "feature_extractor/murmur_hash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

// Adds up the values that fall on one index; indices stand in the order in which they first came.
class Row {
 public:
  Row(uint32_t capacity, int64_t features, bool alternate_sign, Arena& arena)
      // The range of `features` is checked when the program is compiled; 1 keeps the division safe.
      : features_(features > 0 && features <= INT32_MAX ? static_cast<uint32_t>(features) : 1),
        alternate_sign_(alternate_sign),
        sums_(arena.allocate_array<double>(capacity)),
        indices_(arena.allocate_array<int64_t>(capacity)) {
    places_.start(capacity, arena);
  }

  void add(Text name, double value) {
    const auto hash = static_cast<int32_t>(murmur::murmur3_32(name, 0));
    const auto magnitude = hash < 0 ? 0 - static_cast<uint32_t>(hash) : static_cast<uint32_t>(hash);
    const int64_t index = magnitude % features_;  // abs(-2^31) is 2^31, which scikit-learn sees to as well.
    const uint32_t before = places_.size();
    const uint32_t place = places_.insert(index);
    if (place == before) {
      sums_[place] = 0.0;
      indices_[place] = index;
    }
    sums_[place] += alternate_sign_ && hash < 0 ? -value : value;
  }

  // A sum that is not finite has no value, and is left out.
  void write(MapBuilder<int64_t, double>& result) const {
    for (uint32_t place = 0; place < places_.size(); ++place) {
      if (__builtin_fabs(sums_[place]) <= adapter::kLargestFinite) result.push_back(indices_[place], sums_[place]);
    }
  }

 private:
  uint32_t features_;
  bool alternate_sign_;
  double* sums_;
  int64_t* indices_;
  HashIndex<int64_t> places_;
};

struct HashTokens {
  static void eval(Arena& arena, List<Text> tokens, int64_t features, bool alternate_sign,
                   MapBuilder<int64_t, double>& result) {
    Arena::Scope scope(arena);
    Row row(tokens.size(), features, alternate_sign, arena);
    for (uint32_t i = 0; i < tokens.size(); ++i) {
      if (!tokens.is_null(i)) row.add(tokens[i], 1.0);
    }
    row.write(result);
  }
};

struct HashWeights {
  static void eval(Arena& arena, Map<Text, double> weights, int64_t features, bool alternate_sign,
                   MapBuilder<int64_t, double>& result) {
    Arena::Scope scope(arena);
    const List<Text> names = weights.keys();
    const List<double> values = weights.values();
    Row row(weights.size(), features, alternate_sign, arena);
    for (uint32_t i = 0; i < weights.size(); ++i) {
      if (!values.is_null(i) && values[i] != 0.0) row.add(names[i], values[i]);
    }
    row.write(result);
  }
};

constexpr Operator kOperator = {
    .name = "sklearn_hash",
    .summary = "Hash names to weighted indices as scikit-learn's FeatureHasher does",
    .detail =
        "With h as the signed MurmurHash3_x86_32 of a name (seed 0), its value is added at the index |h| % features, "
        "with a minus where h is negative and `alternate_sign` holds. Each token of a list has the value 1, as with "
        "input_type = \"string\"; a map gives the values, as with input_type = \"dict\", where a pair (name, text) is "
        "the token \"name=text\". The result is what a feature of kind `weighted` takes.",
    .parameters = {{"tokens", "the names"},
                   {"weights", "the value of each name"},
                   {"features", "n_features, the number of indices"},
                   {"alternate_sign", "whether half of the names count negative"}},
    .overloads = {overload<"(tokens: list<string>, features: const int[1..2147483647] = 1048576, "
                           "alternate_sign: const bool = true) -> map<int, float>",
                           HashTokens>(),
                  overload<"(weights: map<string, float>, features: const int[1..2147483647] = 1048576, "
                           "alternate_sign: const bool = true) -> map<int, float>",
                           HashWeights>()},
    .edges = {{"a token is null, or a value is null or 0.0", "it is left out"},
              {"names share an index, or a map holds a name twice",
               "their values are added, and may cancel out to 0.0, which stays"},
              {"a sum is not finite", "the index is left out"},
              {"order", "that in which the indices first come; scikit-learn sorts them"},
              {"there is nothing", "an empty map"}},
    .examples = {{"sklearn_hash([\"a\", \"b\", \"a\"], 16)[2]", "2.0"},
                 {"length(sklearn_hash([\"a\", \"b\"], 1))", "1"}},
    .cost = {.per_row = 30.0, .per_element = 8.0},
    .aliases = "FeatureHasher HashingVectorizer hashing_trick feature_hashing hashing_tf signed_hash",
    .see_also = "murmur3_32 hash_bucket count_values",
    .source = "Weinberger et al.: Feature hashing for large scale multitask learning (2009); scikit-learn 1.9",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
