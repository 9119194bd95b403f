// sample(key, rate, salt): a fixed share of all keys.
#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"

#include <optional>

namespace feature_extractor {
namespace {

struct SampleState {
  double rate;
  uint64_t seed;
};

template <class T>
struct Sample {
  using State = SampleState;
  static std::optional<State> bind(double rate, Text salt, BindError&) { return State{rate, value_hash(salt, 0)}; }
  static bool eval(const State& state, T key) {
    // The upper 53 bits as a number in [0, 1), which double holds exactly.
    return static_cast<double>(static_cast<int64_t>(value_hash(key, state.seed) >> 11)) * 0x1p-53 < state.rate;
  }
};

constexpr Operator kOperator = {
    .name = "sample",
    .summary = "Choose a fixed share of all keys",
    .detail =
        "True if the upper 53 bits of hash(key, seed = hash(salt)), as a number in [0, 1), are below `rate`. The same "
        "key always has the same answer, and a key that is chosen at one rate is chosen at each higher rate. Another "
        "salt chooses independently. For training, `label or sample(id, 0.1, \"negatives\")` keeps all positive rows "
        "and a tenth of the others. For numbered parts, such as the folds of a split, take `hash_bucket(cross(key, "
        "\"split\"), 10)`.",
    .parameters = {{"key", "what is chosen or not, such as a user"},
                   {"rate", "the share, from 0 to 1"},
                   {"salt", "the name of the experiment"}},
    .overloads = {generic_overload<"<T: scalar>(key: T, rate: const float[0..1], salt: const string = \"\") -> bool",
                                   Sample, bool, int64_t, double, Text>()},
    .edges = {{"`rate` is 0", "always false"}, {"`rate` is 1", "always true"}, {"`key` is null", "null"}},
    .examples = {{"sample(\"user 7\", 1.0)", "true"}, {"sample(\"user 7\", 0.0, \"holdout\")", "false"}},
    .cost = {.per_row = 3.5, .per_element = 0.5},
    .aliases =
        "hash_split holdout random_sample bernoulli ab_bucket sample_by_key sample_by_label negative_sample downsample "
        "key_sampling_percent",
    .see_also = "hash hash_bucket",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
