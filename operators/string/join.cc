// join(xs, separator): the texts of a list, one after the other.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct Join {
  static Nullable<Text> eval(Arena& arena, List<Text> xs, Text separator) {
    const Text* values = xs.data();
    const uint8_t* valid = xs.valid();
    const uint32_t count = xs.size();
    size_t size = 0;
    size_t joined = 0;
    for (uint32_t i = 0; i < count; ++i) {
      if (valid != nullptr && valid[i] == 0) continue;
      // A limit at every step keeps the sum from running over.
      size += values[i].size() + (joined++ != 0 ? separator.size() : 0);
      if (size > text::kMaximumSize) return null;
    }
    if (size == 0) return Text{};
    char* const out = arena.allocate(size);
    char* to = out;
    bool first = true;
    for (uint32_t i = 0; i < count; ++i) {
      if (valid != nullptr && valid[i] == 0) continue;
      if (!first) to = put(to, separator);
      first = false;
      to = put(to, values[i]);
    }
    return Text(out, size);
  }

 private:
  static char* put(char* to, Text part) {
    text::copy(part, to);
    return to + part.size();
  }
};

constexpr Operator kOperator = {
    .name = "join",
    .summary = "Put the texts of a list together",
    .detail = "Null elements are left out together with their separator, as in SQL's `concat_ws`.",
    .parameters = {{"xs", "the texts"}, {"separator", "what stands between two texts"}},
    .overloads = {overload<"(xs: list<string>, separator: string = \" \") -> string", Join>()},
    .edges = {{"the list is empty, or all elements are null", "an empty text"},
              {"an element is an empty text", "it stays, between its separators"},
              {"the result has more than 1,048,576 bytes", "null"}},
    .examples = {{"join([\"a\", \"b\", \"c\"], \"-\")", "\"a-b-c\""},
                 {"join([\"new\", \"york\"])", "\"new york\""},
                 {"xs: list<string> = [] | join(xs)", "\"\""}},
    .cost = {.per_row = 5.0, .per_element = 4.0},
    .aliases = "concat_ws array_to_string string_agg array_join implode str_join",
    .see_also = "split concat",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
