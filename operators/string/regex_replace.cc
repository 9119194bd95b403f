// regex_replace(s, pattern, replacement): every match of a pattern replaced.
#include "feature_extractor/operator.h"
#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

#include <vector>

namespace feature_extractor {
namespace {

struct RegexReplace {
  static constexpr bool kRepeats = true;
  static constexpr int kGroups = 10;
  struct Piece {
    std::string literal;
    int group;  // Put in behind the literal; -1 for none.
  };
  struct State {
    std::unique_ptr<RE2> expression;
    std::vector<Piece> pieces;
    int groups = 1;  // How many the match has to report.
    // Where the pattern is a class of characters and the replacement at most one byte: no expression is needed.
    std::optional<pattern::ByteClass> byte_class;
    std::vector<std::string> literals;  // One of them is in each text that matches, if there are any.
  };
  static std::optional<State> bind(Text pattern, Text replacement, BindError& error) {
    State state{compile_pattern(pattern, error), {{{}, -1}}, 1, {}, {}};
    if (state.expression == nullptr) return std::nullopt;
    std::string reason;
    if (!state.expression->CheckRewriteString(to_piece(replacement), &reason)) {
      error.set("The replacement does not fit the pattern: " + reason);
      return std::nullopt;
    }
    for (size_t i = 0; i < replacement.size(); ++i) {
      if (replacement[i] != '\\') {
        state.pieces.back().literal.push_back(replacement[i]);
      } else if (replacement[++i] == '\\') {
        state.pieces.back().literal.push_back('\\');
      } else {
        const int group = replacement[i] - '0';
        state.pieces.back().group = group;
        state.pieces.push_back({{}, -1});
        if (group >= state.groups) state.groups = group + 1;
      }
    }
    if (state.pieces.size() == 1 && state.pieces[0].literal.size() <= 1) {
      state.byte_class = pattern::ByteClass::read(pattern);
    }
    state.literals = pattern::LiteralReader::read(pattern);
    return state;
  }

  // Without a branch that depends on the text: the next byte is always written, and counts or does not.
  static Text replace_bytes(Arena& arena, const pattern::ByteClass& found, Text replacement, Text s) {
    char* const out = arena.allocate(s.size());
    const char put = replacement.empty() ? '\0' : replacement[0];
    const size_t put_size = replacement.size();
    size_t size = 0;
    size_t was_found = 0;
    for (const char c : s) {
      const size_t is_found = found.bytes[static_cast<uint8_t>(c)] ? 1 : 0;
      out[size] = is_found != 0 ? put : c;
      const size_t begins = found.repeated ? is_found & ~was_found : is_found;
      size += (1 - is_found) + (begins & put_size);
      was_found = is_found;
    }
    return {out, size};
  }

  static Nullable<Text> eval(Arena& arena, const State& state, Text s) {
    if (state.byte_class) return replace_bytes(arena, *state.byte_class, state.pieces[0].literal, s);
    if (!text::contains_any(s, state.literals)) return s;
    re2::StringPiece groups[kGroups];
    const re2::StringPiece whole = to_piece(s);
    if (!state.expression->Match(whole, 0, s.size(), RE2::UNANCHORED, groups, state.groups)) return s;
    text::Builder out(arena, s.size() + 32);
    size_t copied = 0;  // What is before has been written.
    size_t at = 0;      // Where the next match may begin.
    size_t end_of_last = text::kNotFound;
    do {
      const size_t begin = static_cast<size_t>(groups[0].data() - whole.data());
      const size_t end = begin + groups[0].size();
      // An empty match right behind a match is none, as in RE2::GlobalReplace.
      if (end > begin || begin != end_of_last) {
        out.append(s.substr(copied, begin - copied));
        for (const Piece& piece : state.pieces) {
          out.append(Text(piece.literal));
          if (piece.group >= 0) out.append(Text(groups[piece.group].data(), groups[piece.group].size()));
        }
        copied = end;
        end_of_last = end;
        if (out.size() > text::kMaximumSize && out.size() > s.size()) return null;
      }
      if (end > begin) {
        at = end;
      } else {
        if (end >= s.size()) break;
        at = end + text::decode(s.data() + end, s.data() + s.size()).size;
      }
    } while (at <= s.size() && state.expression->Match(whole, at, s.size(), RE2::UNANCHORED, groups, state.groups));
    out.append(s.substr(copied));
    return out.text();
  }
};

constexpr Operator kOperator = {
    .name = "regex_replace",
    .summary = "Replace every match of a pattern in a text",
    .detail =
        "Goes from left to right; what was put in is not searched again. The pattern is compiled "
        "once, when the package is loaded.",
    .parameters = {{"s", "the text"},
                   {"pattern", "the regular expression, in the syntax of RE2"},
                   {"replacement",
                    "what stands in place of a match; `\\0` is the match, `\\1` to `\\9` are its groups, "
                    "`\\\\` is a backslash"}},
    .overloads = {overload<"(s: string, pattern: const string, replacement: const string) -> string", RegexReplace>()},
    .edges = {{"the pattern does not match", "the text as it is"},
              {"the pattern matches an empty text",
               "the replacement stands between code points too, but not right behind another match"},
              {"the replacement names a group that the pattern does not have", "an error when the program is compiled"},
              {"a group took no part in the match", "nothing is put in for it"},
              {"the result is longer than the text and has more than 1,048,576 bytes", "null"},
              {"look-around and back-references",
               "are errors when the program is compiled: RE2 has neither, unlike Java's and Python's engines"},
              {"`\\s`, `\\d`, `\\w`, `\\b`", "know ASCII only; `\\pL`, `\\pN` are Unicode's letters and numbers"}},
    .examples = {{"regex_replace(\"iPhone 15\", \"[0-9]+\", \"#\")", "\"iPhone #\""},
                 {"regex_replace(\"a1b2\", \"([a-z])([0-9])\", \"\\\\2\\\\1\")", "\"1a2b\""},
                 {"regex_replace(\"a  b\", \" +\", \" \")", "\"a b\""}},
    .cost = {.per_row = 200.0, .per_element = 2.0},
    .aliases = "regexp_replace replaceRegexpAll re_sub gsub regexReplace",
    .see_also = "replace regex_match regex_extract",
    .source = "https://github.com/google/re2/wiki/Syntax",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
