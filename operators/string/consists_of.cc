// consists_of(s, kind): whether all characters of a text belong to a class.
#include "feature_extractor/character_class.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ConsistsOf {
  using State = CharacterClass;
  static std::optional<State> bind(Text name, BindError& error) { return CharacterClass::bind(name, error); }
  static bool eval(const State& state, Text s) {
    const char* const end = s.data() + s.size();
    for (const char* at = s.data(); at < end;) {
      const text::Decoded next = text::decode(at, end);
      if (!state.contains(next.code_point)) return false;
      at += next.size;
    }
    return !s.empty();
  }
};

constexpr Operator kOperator = {
    .name = "consists_of",
    .summary = "Tell whether all characters of a text belong to a class",
    .detail =
        "The classes go by Unicode's general categories: `letter` L*, `digit` Nd, `alphanumeric` L* and N*, `upper` "
        "Lu, `lower` Ll, `punctuation` P*, `symbol` S*; `white_space` is the property of that name, and `ascii` the "
        "code points below 128.",
    .parameters = {{"s", "the text"}, {"kind", "the class"}},
    .overloads = {overload<"(s: string, kind: const "
                           "string{\"letter\",\"digit\",\"alphanumeric\",\"upper\",\"lower\",\"punctuation\","
                           "\"symbol\",\"white_space\",\"ascii\"}) -> bool",
                           ConsistsOf>()},
    .edges = {{"the text is empty", "false, as Python's `isalpha` and its like"},
              {"digits of other scripts, such as `٣`", "are digits; `like` and `regex_match` can ask for ASCII ones"},
              {"`²` and `½`", "are no digits, but alphanumeric"}},
    .examples = {{"consists_of(\"2024\", \"digit\")", "true"},
                 {"consists_of(\"A4\", \"letter\")", "false"},
                 {"consists_of(\"\", \"ascii\")", "false"}},
    .cost = {.per_row = 6.0, .per_element = 1.5},
    .aliases = "is_numeric is_alpha is_digit is_alnum is_upper is_lower is_ascii is_space isnumeric isalpha",
    .see_also = "count_characters regex_match parse_int",
    .source = "Unicode 15.0 general categories as in utf8proc 2.8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
