// replace(s, from, to): every occurrence of a text replaced.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Replace {
  static Nullable<Text> eval(Arena& arena, Text s, Text from, Text to) {
    if (from.empty()) return s;
    size_t found = text::find(s, from);
    if (found == text::kNotFound) return s;
    if (to.size() <= from.size()) return fill(s, from, to, found, arena.allocate(s.size()));
    size_t count = 0;
    for (size_t at = found; at != text::kNotFound; at = text::find(s, from, at + from.size())) ++count;
    // No product runs over: there are at most as many occurrences as bytes, and a growth too large ends here.
    const size_t growth = to.size() - from.size();
    if (growth > text::kMaximumSize || count * growth > text::kMaximumSize ||
        s.size() + count * growth > text::kMaximumSize) {
      return null;
    }
    return fill(s, from, to, found, arena.allocate(s.size() + count * growth));
  }

 private:
  static Text fill(Text s, Text from, Text to, size_t found, char* out) {
    char* at = out;
    const auto put = [&](const char* bytes, size_t size) {
      if (size != 0) __builtin_memcpy(at, bytes, size);
      at += size;
    };
    size_t begin = 0;
    for (; found != text::kNotFound; found = text::find(s, from, begin)) {
      put(s.data() + begin, found - begin);
      put(to.data(), to.size());
      begin = found + from.size();
    }
    put(s.data() + begin, s.size() - begin);
    return {out, static_cast<size_t>(at - out)};
  }
};

constexpr Operator kOperator = {
    .name = "replace",
    .summary = "Replace every occurrence of a text within another",
    .detail = "Goes from left to right; what was put in is not searched again. Compares code points, "
              "without folding case or normalising.",
    .parameters = {{"s", "the text"}, {"from", "the text to look for"}, {"to", "what stands in its place"}},
    .overloads = {overload<"(s: string, from: string, to: string) -> string", Replace>()},
    .edges = {{"`from` does not occur, or is empty", "the text as it is"},
              {"occurrences overlap", "the first one counts"},
              {"`to` is empty", "the occurrences are removed"},
              {"the result is longer than the text and has more than 1,048,576 bytes", "null"}},
    .examples = {{"replace(\"a-b-c\", \"-\", \" \")", "\"a b c\""},
                 {"replace(\"banana\", \"ana\", \"o\")", "\"bona\""},
                 {"replace(\"a-b\", \"-\", \"\")", "\"ab\""}},
    .cost = {.per_row = 8.0, .per_element = 0.3},
    .aliases = "replaceAll str_replace replace_all",
    .see_also = "regex_replace contains",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
