// to_vector(xs, size): the numbers of a list as a vector.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ToVector {
  static bool eval(List<double> xs, int64_t, VectorResult result) {
    if (xs.size() != result.size) return false;
    for (uint32_t i = 0; i < result.size; ++i) {
      if (xs.is_null(i)) return false;
      const auto value = static_cast<float>(xs[i]);
      if (!(value <= 3.4028234663852886e38f && value >= -3.4028234663852886e38f)) return false;
      result.data[i] = value + 0.0f;
    }
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "to_vector",
    .summary = "Make a vector of the numbers of a list",
    .detail =
        "A vector holds 32-bit floats, to which the numbers are rounded. `xs.pad(n, 0.0).to_vector(n)` takes lists of "
        "any length.",
    .parameters = {{"xs", "the numbers"}, {"size", "how many the vector has"}},
    .overloads = {overload<"(xs: list<float>, size: const int[1..65536]) -> vector<size>", ToVector>()},
    .edges = {{"the list has another length than `size`", "null"},
              {"an element is null", "null"},
              {"a number does not fit a 32-bit float", "null"}},
    .examples = {{"to_list(to_vector([1.0, 2.5], 2))", "[1.0, 2.5]"}, {"to_list(to_vector([1.0], 2))", "null"}},
    .cost = {.per_row = 6.0, .per_element = 0.6},
    .aliases = "as_vector vectorize dense_vector array_to_vector vector_assembler parse_vector",
    .see_also = "to_list parse_floats pad",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
