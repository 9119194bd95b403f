// binarize(x, threshold): 1 above a threshold, else 0.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Binarize {
  static int64_t eval(double x, double threshold) { return x > threshold ? 1 : 0; }
};

constexpr Operator kOperator = {
    .name = "binarize",
    .summary = "Tell by 1 or 0 whether a number is above a threshold",
    .detail = "The same as `to_int(x > threshold)`.",
    .parameters = {{"x", "the number"}, {"threshold", "the threshold"}},
    .overloads = {overload<"(x: float, threshold: float) -> int", Binarize>()},
    .edges = {{"`x` equals the threshold", "0, as in scikit-learn and Spark"}},
    .examples = {{"binarize(3, 2)", "1"}, {"binarize(2, 2)", "0"}},
    .cost = {.per_row = 0.3},
    .aliases = "Binarizer threshold step indicator",
    .see_also = "bucketize greater to_int",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
