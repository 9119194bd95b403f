// replace_many(s, parts, replacements): several parts of a text replaced at once.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

#include <optional>
#include <string>
#include <vector>

namespace feature_extractor {
namespace {

struct ReplaceMany {
  struct Pair {
    std::string part;
    std::string replacement;
  };
  struct State {
    std::vector<Pair> pairs;
    // The pairs whose part starts with a byte: from starts[byte] to before starts[byte + 1] in `by_byte`, in their order.
    uint32_t starts[257] = {};
    std::vector<uint32_t> by_byte;
  };
  static std::optional<State> bind(List<Text> parts, List<Text> replacements, BindError& error) {
    if (parts.size() != replacements.size()) {
      error.set("There must be as many replacements as parts.");
      return std::nullopt;
    }
    State state;
    for (uint32_t i = 0; i < parts.size(); ++i) {
      if (parts.is_null(i) || replacements.is_null(i) || parts[i].empty()) {
        error.set("No part may be empty, and neither a part nor a replacement may be null.");
        return std::nullopt;
      }
      state.pairs.push_back({std::string(parts[i]), std::string(replacements[i])});
    }
    for (uint32_t byte = 0; byte < 256; ++byte) {
      for (uint32_t i = 0; i < state.pairs.size(); ++i) {
        if (static_cast<uint8_t>(state.pairs[i].part[0]) == byte) state.by_byte.push_back(i);
      }
      state.starts[byte + 1] = static_cast<uint32_t>(state.by_byte.size());
    }
    return state;
  }
  static Nullable<Text> eval(Arena& arena, const State& state, Text s) {
    text::Builder out(arena, s.size() + 16);
    size_t copied = 0;
    size_t at = 0;
    while (at < s.size()) {
      const Pair* pair = find(state, s.substr(at));
      if (pair == nullptr) {
        ++at;
        continue;
      }
      out.append(s.substr(copied, at - copied));
      out.append(pair->replacement);
      at += pair->part.size();
      copied = at;
      if (out.size() > text::kMaximumSize && out.size() > s.size()) return null;
    }
    if (copied == 0) return s;
    out.append(s.substr(copied));
    if (out.size() > text::kMaximumSize && out.size() > s.size()) return null;
    return out.text();
  }

 private:
  static const Pair* find(const State& state, Text rest) {
    const auto byte = static_cast<uint8_t>(rest[0]);
    for (uint32_t i = state.starts[byte]; i < state.starts[byte + 1]; ++i) {
      const Pair& pair = state.pairs[state.by_byte[i]];
      if (rest.starts_with(pair.part)) return &pair;
    }
    return nullptr;
  }
};

constexpr Operator kOperator = {
    .name = "replace_many",
    .summary = "Replace several parts of a text in one pass",
    .detail =
        "The text is read once from its beginning: the first part in the list that stands at a position is replaced, "
        "and reading goes on behind it. What was put in is not looked at again, unlike with several `replace`.",
    .parameters = {{"s", "the text"},
                   {"parts", "what to replace"},
                   {"replacements", "what to put in, one for each part"}},
    .overloads =
        {overload<"(s: string, parts: const list<string>, replacements: const list<string>) -> string", ReplaceMany>()},
    .edges = {{"two parts stand at the same position", "the one that is first in the list: write longer ones first"},
              {"a replacement is empty", "the part is left out"},
              {"there are no parts", "the text as it is"},
              {"a part is empty, or the lists differ in length", "an error when the program is compiled"},
              {"the result is longer than the text and has more than 1,048,576 bytes", "null"},
              {"upper and lower case, or composed and decomposed letters",
               "are different: `fold_case` and `normalize` come first where they should not be"}},
    .examples = {{"replace_many(\"tee & kaffee\", [\"tee\", \"kaffee\"], [\"tea\", \"coffee\"])", "\"tea & coffee\""},
                 {"replace_many(\"ab\", [\"a\", \"b\"], [\"b\", \"a\"])", "\"ba\""}},
    .cost = {.per_row = 20.0, .per_element = 2.0},
    .aliases = "translate multi_replace replace_all_of str_replace_map replaceMultiple",
    .see_also = "replace regex_replace",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
