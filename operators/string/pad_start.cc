// pad_start(s, size, fill): a text filled up in front.
#include "feature_extractor/operator.h"
#include "feature_extractor/padding.h"

namespace feature_extractor {
namespace {

struct PadStart {
  static Nullable<Text> eval(Arena& arena, Text s, int64_t size, Text fill) {
    return padded<true>(arena, s, size, fill);
  }
};

constexpr Operator kOperator = {
    .name = "pad_start",
    .summary = "Fill a text up to a length, in front",
    .parameters = {{"s", "the text"},
                   {"size", "the length that the result has at least, in code points"},
                   {"fill", "what the text is filled up with, over and over"}},
    .overloads = {overload<"(s: string, size: int, fill: string = \" \") -> string", PadStart>()},
    .edges = {{"the text is as long already, or longer, or `size` is negative",
               "the text as it is; SQL's `lpad` and `rpad` would cut it"},
              {"`fill` is empty", "the text as it is"},
              {"the result has more than 1,048,576 bytes or code points", "null"}},
    .examples = {{"pad_start(\"7\", 3, \"0\")", "\"007\""},
                 {"pad_start(\"abc\", 2)", "\"abc\""},
                 {"pad_start(\"7\", 6, \"ab\")", "\"ababa7\""}},
    .cost = {.per_row = 8.0},
    .aliases = "lpad padStart leftPad zfill",
    .see_also = "pad_end repeat",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
