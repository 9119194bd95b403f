// pad_start(s, size, fill): a text filled up in front.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct PadStart {
  static Nullable<Text> eval(Arena& arena, Text s, int64_t size, Text fill) {
    const auto length = static_cast<int64_t>(text::count_code_points(s));
    const size_t fill_length = text::count_code_points(fill);
    if (size <= length || fill_length == 0) return s;
    if (size > static_cast<int64_t>(text::kMaximumSize)) return null;
    const auto missing = static_cast<size_t>(size - length);
    const size_t whole = missing / fill_length;
    // At most 2^20 code points are missing, so the product has at most 2^20 times the size of `fill`; both are sizes of memory.
    if (fill.size() > text::kMaximumSize || whole * fill.size() > text::kMaximumSize) return null;
    const size_t bytes = whole * fill.size() + text::code_point_offset(fill, missing % fill_length);
    if (s.size() + bytes > text::kMaximumSize) return null;
    char* out = arena.allocate(s.size() + bytes);
    fill_pattern(out, fill, bytes);
    if (!s.empty()) __builtin_memcpy(out + bytes, s.data(), s.size());
    return Text(out, s.size() + bytes);
  }

 private:
  // Writes `fill` over and over; the last time only its beginning may fit.
  static void fill_pattern(char* out, Text fill, size_t size) {
    for (size_t i = 0; i < size; ++i) out[i] = i < fill.size() ? fill[i] : out[i - fill.size()];
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
