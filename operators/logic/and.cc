// and(x, y): three-valued conjunction.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct And {
  static Nullable<bool> eval(Nullable<bool> x, Nullable<bool> y) {
    const bool is_false = (x.has_value() && !*x) || (y.has_value() && !*y);
    return Nullable<bool>::where(is_false || (x.has_value() && y.has_value()), !is_false);
  }
  static void run_nullable(size_t rows, NullableValues<uint8_t> x, NullableValues<uint8_t> y, uint8_t* __restrict out,
                           uint8_t* __restrict valid) {
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      const uint8_t is_false = (x.valid[i] & ~x.data[i]) | (y.valid[i] & ~y.data[i]);
      valid[i] = is_false | (x.valid[i] & y.valid[i]);
      out[i] = valid[i] & (is_false ^ 1);
    }
  }
};

constexpr Operator kOperator = {
    .name = "and",
    .summary = "Tell whether both conditions hold",
    .detail =
        "Three-valued (Kleene) logic: one false side makes the result false, also when the other one is "
        "null. Both sides are always computed.",
    .syntax = "and",
    .parameters = {{"x", "the first condition"}, {"y", "the second condition"}},
    .overloads = {overload<"(x: bool?, y: bool?) -> bool", And>()},
    .nulls = "x y",
    .edges = {{"one side is false", "false, even if the other one is null"},
              {"one side is null, the other one true or null", "null"}},
    .examples = {{"true and false", "false"}, {"false and null", "false"}, {"true and null", "null"}},
    .cost = {.per_row = 0.1},
    .algebra = "commutative associative idempotent",
    .aliases = "logical_and && conjunction bool_and",
    .see_also = "or not xor",
    .source = "S. C. Kleene, Introduction to Metamathematics (1952), section 64",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
