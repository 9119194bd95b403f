// pad_end(s, size, fill): a text filled up at its end.
#include "feature_extractor/operator.h"
#include "feature_extractor/padding.h"

namespace feature_extractor {
namespace {

struct PadEnd {
  static Nullable<Text> eval(Arena& arena, Text s, int64_t size, Text fill) {
    return padded<false>(arena, s, size, fill);
  }
};

constexpr Operator kOperator = {
    .name = "pad_end",
    .summary = "Fill a text up to a length, at its end",
    .parameters = {{"s", "the text"},
                   {"size", "the length that the result has at least, in code points"},
                   {"fill", "what the text is filled up with, over and over"}},
    .overloads = {overload<"(s: string, size: int, fill: string = \" \") -> string", PadEnd>()},
    .edges = {{"the text is as long already, or longer, or `size` is negative",
               "the text as it is; SQL's `lpad` and `rpad` would cut it"},
              {"`fill` is empty", "the text as it is"},
              {"the result has more than 1,048,576 bytes or code points", "null"}},
    .examples = {{"pad_end(\"ab\", 4)", "\"ab  \""},
                 {"pad_end(\"abc\", 2)", "\"abc\""},
                 {"pad_end(\"7\", 6, \"ab\")", "\"7ababa\""}},
    .cost = {.per_row = 8.0},
    .aliases = "rpad padEnd rightPad ljust",
    .see_also = "pad_start repeat",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
