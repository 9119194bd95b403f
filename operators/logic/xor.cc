// xor(x, y): exactly one of two.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Xor {
  static bool eval(bool x, bool y) { return x != y; }
};

constexpr Operator kOperator = {
    .name = "xor",
    .summary = "Tell whether exactly one of two conditions holds",
    .parameters = {{"x", "the first condition"}, {"y", "the second condition"}},
    .overloads = {overload<"(x: bool, y: bool) -> bool", Xor>()},
    .edges = {{"a side is null", "null"}},
    .examples = {{"xor(true, false)", "true"}, {"xor(true, true)", "false"}},
    .cost = {.per_row = 0.1},
    .algebra = "commutative associative",
    .aliases = "logical_xor exclusive_or",
    .see_also = "and or not",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
