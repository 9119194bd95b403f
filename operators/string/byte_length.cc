// byte_length(s): the size of a text in UTF-8.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ByteLength {
  static int64_t eval(Text s) { return static_cast<int64_t>(s.size()); }
};

struct ByteLengthBytes {
  static int64_t eval(Bytes s) { return static_cast<int64_t>(s.value.size()); }
};

constexpr Operator kOperator = {
    .name = "byte_length",
    .summary = "Count the bytes of a text in UTF-8, or of bytes",
    .detail = "Use `length` to count code points.",
    .parameters = {{"s", "the text or the bytes"}},
    .overloads = {overload<"(s: string) -> int", ByteLength>(), overload<"(s: bytes) -> int", ByteLengthBytes>()},
    .edges = {{"the text is empty", "0"}, {"there are no bytes", "0"}},
    .examples = {{"byte_length(\"abc\")", "3"}, {"byte_length(\"é\")", "2"}, {"byte_length(b\"\\x00\\xFF\")", "2"}},
    .cost = {.per_row = 0.5},
    .aliases = "octet_length lengthb strlen byte_size",
    .see_also = "length",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
