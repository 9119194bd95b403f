// multi_hot(xs, values): a vector with a 1 for each value that is in a list.
#include "feature_extractor/constant_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct MultiHot {
  using State = ConstantValues<T>;
  static std::optional<State> bind(List<T> values, BindError& error) { return State::of(values, error); }
  static bool eval(const State& state, List<T> xs, VectorResult result) {
    for (uint32_t i = 0; i < result.size; ++i) result.data[i] = 0.0f;
    for (uint32_t k = 0; k < xs.size(); ++k) {
      if (xs.is_null(k)) continue;
      const uint32_t position = state.find(xs[k]);
      if (position < result.size) result.data[position] = 1.0f;
    }
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "multi_hot",
    .summary = "Give a vector with a 1 for each of the known values that is in a list, and 0 elsewhere",
    .detail = "The vector is as long as the list of known values.",
    .parameters = {{"xs", "the list"}, {"values", "the known values, each once"}},
    .overloads = {generic_overload<"<T: key>(xs: list<T>, values: const list<T>) -> vector<values>", MultiHot, bool,
                                   int64_t, Text>()},
    .edges = {{"an element is not among the known values, or null", "it is left out"},
              {"an element comes twice", "its number is 1 all the same"},
              {"the list is empty", "all 0"},
              {"the list is null", "null"},
              {"`values` has a null or a value twice", "an error when the package is loaded"}},
    .examples = {{"to_list(multi_hot([\"b\", \"c\", \"x\"], [\"a\", \"b\", \"c\"]))", "[0.0, 1.0, 1.0]"}},
    .cost = {.per_row = 8.0, .per_element = 6.0},
    .aliases = "multihot MultiLabelBinarizer multi_hot_encode k_hot",
    .see_also = "one_hot count_values",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
