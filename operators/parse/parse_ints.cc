// parse_ints(text, separator): the numbers of a text.
#include "feature_extractor/key_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseInts {
  struct State {
    std::string separator;
  };
  static std::optional<State> bind(Text separator, BindError& error) {
    if (!separator.empty()) return State{std::string(separator)};
    error.set("The separator must not be empty.");
    return std::nullopt;
  }
  static void eval(const State& state, Text text, ListBuilder<int64_t>& numbers) {
    for_each_item(text, state.separator,
                  [&](Text item) { numbers.push_back(read_int(text::trim_end(text::trim_start(item)))); });
  }
};

constexpr Operator kOperator = {
    .name = "parse_ints",
    .summary = "Read a list of integers with separators between them",
    .detail =
        "Each part is read as by `parse_int`; white space around it is skipped. There is one element more than there "
        "are separators, so that positions stay.",
    .parameters = {{"text", "integers with separators between them"}, {"separator", "what stands between two of them"}},
    .overloads = {overload<"(text: string, separator: const string = \",\") -> list<int?>", ParseInts>()},
    .edges = {{"a part is not an integer of 64 bits", "a null element; `remove_nulls` drops it"},
              {"nothing is between two separators, or behind the last one", "a null element"},
              {"the text is empty", "an empty list"},
              {"the separator is empty", "an error when the program is compiled"}},
    .examples = {{"parse_ints(\"7,8,9\")", "[7, 8, 9]"},
                 {"parse_ints(\"1 | x | 3\", \"|\")", "[1, null, 3]"},
                 {"parse_ints(\"\")", "[]"}},
    .cost = {.per_row = 10.0, .per_element = 1.5},
    .aliases = "split_ints parse_list_int split_multi string_to_ints parse_ids",
    .see_also = "parse_int split parse_id_weights json_list_int",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
