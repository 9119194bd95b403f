// repeat(s, count): a text several times.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Repeat {
  static Nullable<Text> eval(Arena& arena, Text s, int64_t count) {
    if (s.empty() || count <= 0) return Text{};
    if (count == 1) return s;
    if (static_cast<uint64_t>(count) > text::kMaximumSize / s.size()) return null;
    const size_t size = s.size() * static_cast<size_t>(count);
    char* out = arena.allocate(size);
    __builtin_memcpy(out, s.data(), s.size());
    // What is there is doubled until it is enough.
    for (size_t done = s.size(); done < size;) {
      const size_t step = done < size - done ? done : size - done;
      __builtin_memcpy(out + done, out, step);
      done += step;
    }
    return Text(out, size);
  }
};

constexpr Operator kOperator = {
    .name = "repeat",
    .summary = "Put a text several times after itself",
    .parameters = {{"s", "the text"}, {"count", "how many times"}},
    .overloads = {overload<"(s: string, count: int) -> string", Repeat>()},
    .edges = {{"`count` is zero or negative", "an empty text"},
              {"the result has more than 1,048,576 bytes and `count` is more than 1", "null"}},
    .examples = {{"repeat(\"ab\", 3)", "\"ababab\""}, {"repeat(\"ab\", 0)", "\"\""}},
    .cost = {.per_row = 5.0},
    .aliases = "str_repeat replicate times",
    .see_also = "pad_start pad_end concat",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
