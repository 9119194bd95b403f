// count_characters(s, kind): how many characters of a text belong to a class.
#include "feature_extractor/character_class.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct CountCharacters {
  using State = CharacterClass;
  static std::optional<State> bind(Text name, BindError& error) { return CharacterClass::bind(name, error); }
  static int64_t eval(const State& state, Text s) {
    int64_t count = 0;
    const char* const end = s.data() + s.size();
    for (const char* at = s.data(); at < end;) {
      const text::Decoded next = text::decode(at, end);
      count += state.contains(next.code_point) ? 1 : 0;
      at += next.size;
    }
    return count;
  }
};

constexpr Operator kOperator = {
    .name = "count_characters",
    .summary = "Count the characters of a text that belong to a class",
    .detail =
        "The classes go by Unicode's general categories: `letter` L*, `digit` Nd, `alphanumeric` L* and N*, `upper` "
        "Lu, `lower` Ll, `punctuation` P*, `symbol` S*; `white_space` is the property of that name, and `ascii` the "
        "code points below 128.",
    .parameters = {{"s", "the text"}, {"kind", "the class"}},
    .overloads = {overload<"(s: string, kind: const "
                           "string{\"letter\",\"digit\",\"alphanumeric\",\"upper\",\"lower\",\"punctuation\","
                           "\"symbol\",\"white_space\",\"ascii\"}) -> int",
                           CountCharacters>()},
    .edges = {{"the text is empty", "0"},
              {"signs such as `+`, `<`, `$` and `^`", "are symbols, not punctuation, in Unicode"},
              {"the underscore", "is punctuation"},
              {"combining marks", "belong to none of the classes"}},
    .examples = {{"count_characters(\"iPhone 15 Pro!\", \"digit\")", "2"},
                 {"count_characters(\"iPhone 15 Pro!\", \"upper\")", "2"},
                 {"count_characters(\"日本語 abc\", \"letter\")", "6"}},
    .cost = {.per_row = 8.0, .per_element = 1.5},
    .aliases = "text_stats count_digits count_letters count_punctuation count_uppercase digit_count",
    .see_also = "consists_of length regex_count",
    .source = "Unicode 15.0 general categories as in utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
