// bit_not(x): all bits of an int turned over.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BitNot {
  static int64_t eval(int64_t x) { return ~x; }
};

constexpr Operator kOperator = {
    .name = "bit_not",
    .summary = "Turn over all 64 bits of an int",
    .detail = "The result is -x - 1.",
    .parameters = {{"x", "the int"}},
    .overloads = {overload<"(x: int) -> int", BitNot>()},
    .edges = {{"`x` is null", "null"}},
    .examples = {{"bit_not(0)", "-1"}, {"bit_not(-1)", "0"}},
    .cost = {.per_row = 0.5},
    .aliases = "bitwise_not bitnot bnot bitNot complement",
    .see_also = "bit_and bit_xor",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
