// one_hot(x, values): a vector with a 1 at the position of the value.
#include "feature_extractor/constant_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct OneHot {
  static constexpr bool kRowByRow = true;  // A vector is no plain result.
  using State = ConstantValues<T>;
  static std::optional<State> bind(List<T> values, BindError& error) { return State::of(values, error); }
  static bool eval(const State& state, T x, VectorResult result) {
    for (uint32_t i = 0; i < result.size; ++i) result.data[i] = 0.0f;
    const uint32_t position = state.find(x);
    if (position < result.size) result.data[position] = 1.0f;
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "one_hot",
    .summary = "Give a vector with a 1 at the position of a value among known ones, and 0 elsewhere",
    .detail =
        "The vector is as long as the list of values. For many values an `id` feature with an embedding is the better "
        "form: `values.index_of(x)`, or a vocabulary.",
    .parameters = {{"x", "the value"}, {"values", "the known values, each once"}},
    .overloads =
        {generic_overload<"<T: key>(x: T, values: const list<T>) -> vector<values>", OneHot, bool, int64_t, Text>()},
    .edges = {{"the value is not among the known ones", "all 0"},
              {"the value is null", "null; `(x ?? \"\").one_hot([...])` gives all 0"},
              {"`values` has a null or a value twice", "an error when the package is loaded"}},
    .examples = {{"to_list(one_hot(\"b\", [\"a\", \"b\", \"c\"]))", "[0.0, 1.0, 0.0]"},
                 {"to_list(one_hot(7, [1, 2]))", "[0.0, 0.0]"}},
    .cost = {.per_row = 12.0, .per_element = 0.3},
    .aliases = "onehot OneHotEncoder one_hot_encode get_dummies categorical_indicator",
    .see_also = "multi_hot index_of lookup",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
