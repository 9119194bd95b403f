// replace(s, part, replacement): every occurrence of a text replaced.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Replace {
  static Nullable<Text> eval(Arena& arena, Text s, Text part, Text replacement) {
    if (part.empty()) return s;
    if (part.size() == 1 && replacement.size() == 1) return replace_byte(arena, s, part[0], replacement[0]);
    size_t found = text::find(s, part);
    if (found == text::kNotFound) return s;
    if (replacement.size() <= part.size()) return fill(s, part, replacement, found, arena.allocate(s.size()));
    size_t count = 0;
    for (size_t at = found; at != text::kNotFound; at = text::find(s, part, at + part.size())) ++count;
    // No product runs over: there are at most as many occurrences as bytes, and a growth too large ends here.
    const size_t growth = replacement.size() - part.size();
    if (growth > text::kMaximumSize || count * growth > text::kMaximumSize ||
        s.size() + count * growth > text::kMaximumSize) {
      return null;
    }
    return fill(s, part, replacement, found, arena.allocate(s.size() + count * growth));
  }

 private:
  // One ASCII character for another, in blocks that may overlap.
  static Text replace_byte(Arena& arena, Text s, char part, char replacement) {
    char* const out = arena.allocate(s.size());
    const auto move = [&](size_t at) {
      const auto block = text::load<text::Block>(s.data() + at);
      const auto found = reinterpret_cast<text::Block>(block == text::every(part));
      const text::Block replaced = (block & ~found) | (text::every(replacement) & found);
      __builtin_memcpy(out + at, &replaced, sizeof(replaced));
    };
    if (s.size() >= text::kBlock) {
      for (size_t at = 0; at + text::kBlock <= s.size(); at += text::kBlock) move(at);
      move(s.size() - text::kBlock);
    } else {
      for (size_t at = 0; at < s.size(); ++at) out[at] = s[at] == part ? replacement : s[at];
    }
    return {out, s.size()};
  }

  static Text fill(Text s, Text part, Text replacement, size_t found, char* out) {
    char* at = out;
    const auto put = [&](const char* bytes, size_t size) {
      text::copy(Text(bytes, size), at);
      at += size;
    };
    size_t begin = 0;
    for (; found != text::kNotFound; found = text::find(s, part, begin)) {
      put(s.data() + begin, found - begin);
      put(replacement.data(), replacement.size());
      begin = found + part.size();
    }
    put(s.data() + begin, s.size() - begin);
    return {out, static_cast<size_t>(at - out)};
  }
};

constexpr Operator kOperator = {
    .name = "replace",
    .summary = "Replace every occurrence of a text within another",
    .detail =
        "Goes from left to right; what was put in is not searched again. Compares code points, "
        "without folding case or normalising.",
    .parameters = {{"s", "the text"}, {"part", "the text to look for"}, {"replacement", "what stands in its place"}},
    .overloads = {overload<"(s: string, part: string, replacement: string) -> string", Replace>()},
    .edges = {{"`part` does not occur, or is empty", "the text as it is"},
              {"occurrences overlap", "the first one counts"},
              {"`replacement` is empty", "the occurrences are removed"},
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
