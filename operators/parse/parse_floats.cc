// parse_floats(text, separator): the numbers of a text.
#include "feature_extractor/key_values.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ParseFloats {
  struct State {
    std::string separator;
  };
  static std::optional<State> bind(Text separator, BindError& error) {
    if (!separator.empty()) return State{std::string(separator)};
    error.set("The separator must not be empty.");
    return std::nullopt;
  }
  static void eval(const State& state, Text text, ListBuilder<double>& numbers) {
    for_each_item(text, state.separator,
                  [&](Text item) { numbers.push_back(read_float(text::trim_end(text::trim_start(item)))); });
  }
};

constexpr Operator kOperator = {
    .name = "parse_floats",
    .summary = "Read a list of numbers with separators between them",
    .detail =
        "Each part is read as by `parse_float`; white space around it is skipped. There is one element more than there "
        "are separators, so that positions stay.",
    .parameters = {{"text", "numbers with separators between them"}, {"separator", "what stands between two of them"}},
    .overloads = {overload<"(text: string, separator: const string = \",\") -> list<float?>", ParseFloats>()},
    .edges = {{"a part is not a number, or is too large for a double", "a null element; `remove_nulls` drops it"},
              {"nothing is between two separators, or behind the last one", "a null element"},
              {"the text is empty", "an empty list"},
              {"the separator is empty", "an error when the program is compiled"}},
    .examples = {{"parse_floats(\"0.5,-1,2e1\")", "[0.5, -1.0, 20.0]"},
                 {"parse_floats(\"1;;2\", \";\")", "[1.0, null, 2.0]"},
                 {"parse_floats(\"\")", "[]"}},
    .cost = {.per_row = 10.0, .per_element = 1.5},
    .aliases = "parse_vector split_floats parse_list_float string_to_floats str_to_vector",
    .see_also = "parse_float split parse_id_weights json_list_float",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
