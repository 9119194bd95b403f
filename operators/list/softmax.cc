// softmax(xs): scores as shares.
#include "feature_extractor/operator.h"
#include "feature_extractor/extremes.h"
#include "feature_extractor/lane_sum.h"
#include "feature_extractor/math.h"

namespace feature_extractor {
namespace {

template <class T>
struct Softmax {
  static void eval(List<T> xs, ListBuilder<double>& result) {
    const Nullable<T> greatest = extreme_of<Greatest>(xs);
    const double top = static_cast<double>(*greatest);
    const auto weight = [top](T x) { return math::exp(static_cast<double>(x) - top); };
    const double total = lane_sum(xs, weight);
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      xs.is_null(i) ? result.push_null() : result.push_back(weight(xs[i]) / total);
    }
  }
};

constexpr Operator kOperator = {
    .name = "softmax",
    .summary = "Turn the scores of a list into shares that add up to 1",
    .detail =
        "`exp(x) / sum of exp`: the greater a score, the greater its share; equal differences of scores are equal "
        "factors. Divide the scores by a temperature to level the shares.",
    .parameters = {{"xs", "the scores"}},
    .overloads = {generic_overload<"<T: number>(xs: list<T>) -> list<float>", Softmax, int64_t, double>()},
    .edges = {{"an element is null", "null in its place; it has no share"},
              {"scores are large", "no overflow: the greatest is taken away first"},
              {"the list is empty", "an empty list"}},
    .examples = {{"softmax([0, 0])", "[0.5, 0.5]"}, {"softmax([1000.0, 0.0])", "[1.0, 0.0]"}},
    .cost = {.per_row = 15.0, .per_element = 4.0},
    .aliases = "soft_max attention_weights",
    .see_also = "sigmoid normalize_map weighted_mean",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
