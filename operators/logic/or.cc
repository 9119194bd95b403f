// or(x, y): three-valued disjunction.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Or {
  static Nullable<bool> eval(Nullable<bool> x, Nullable<bool> y) {
    const bool is_true = (x.has_value() && *x) || (y.has_value() && *y);
    return Nullable<bool>::where(is_true || (x.has_value() && y.has_value()), is_true);
  }
  static void run_nullable(size_t rows, NullableValues<uint8_t> x, NullableValues<uint8_t> y, uint8_t* __restrict out,
                           uint8_t* __restrict valid) {
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) {
      const uint8_t is_true = (x.valid[i] & x.data[i]) | (y.valid[i] & y.data[i]);
      valid[i] = is_true | (x.valid[i] & y.valid[i]);
      out[i] = is_true;
    }
  }
};

constexpr Operator kOperator = {
    .name = "or",
    .summary = "Tell whether at least one of two conditions holds",
    .detail =
        "Three-valued (Kleene) logic: one true side makes the result true, also when the other one is "
        "null. Both sides are always computed.",
    .syntax = "or",
    .parameters = {{"x", "the first condition"}, {"y", "the second condition"}},
    .overloads = {overload<"(x: bool?, y: bool?) -> bool", Or>()},
    .nulls = "x y",
    .edges = {{"one side is true", "true, even if the other one is null"},
              {"one side is null, the other one false or null", "null"}},
    .examples = {{"true or false", "true"}, {"true or null", "true"}, {"false or null", "null"}},
    .cost = {.per_row = 0.1},
    .algebra = "commutative associative idempotent",
    .aliases = "logical_or || disjunction bool_or",
    .see_also = "and not xor",
    .source = "S. C. Kleene, Introduction to Metamathematics (1952), section 64",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
