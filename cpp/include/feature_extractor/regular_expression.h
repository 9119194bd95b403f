// Regular expressions of constant patterns, compiled once per load, and what can be said of a text without running them.
#pragma once

#include "feature_extractor/kernel.h"

#include <re2/re2.h>

#include <bitset>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace feature_extractor {

// Compiles a pattern in the syntax of RE2 over UTF-8. RE2 runs in time linear in the text for any pattern, and in bounded
// memory. A pattern that is not one gives nullptr, and `error` holds RE2's reason.
inline std::unique_ptr<RE2> compile_pattern(Text pattern, BindError& error) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(int64_t{4} << 20);
  auto expression = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (expression->ok()) return expression;
  error.set("The pattern is not a regular expression that RE2 knows: " + expression->error() + ".");
  return nullptr;
}

// An empty text has an address too, so that a group without one is a group that took no part in a match.
inline re2::StringPiece to_piece(Text text) { return {text.empty() ? "" : text.data(), text.size()}; }

namespace pattern {

inline bool is_word(char c) {
  return static_cast<uint8_t>((c | 0x20) - 'a') < 26 || static_cast<uint8_t>(c - '0') < 10 || c == '_';
}
// ASCII characters that stand for themselves, in front of which a backslash may stand or not.
inline bool is_plain(char c) {
  return is_word(c) || (c >= ' ' && c < 0x7F && Text("\\.+*?()[]{}|^$").find(c) == Text::npos);
}

// Reads a pattern that is known to compile, to find texts of which one is part of every match. It knows the everyday part of
// the syntax, and says nothing of a pattern that uses more.
class LiteralReader {
 public:
  // Texts of which each match holds at least one; empty where nothing is known.
  static std::vector<std::string> read(Text pattern) {
    LiteralReader reader(pattern);
    return reader.read_sequence() ? std::move(reader.best_) : std::vector<std::string>();
  }

 private:
  explicit LiteralReader(Text pattern) : rest_(pattern) {}

  // The whole pattern as a sequence of atoms. False where it is not one, or is not understood.
  bool read_sequence() {
    while (!rest_.empty()) {
      const char c = take();
      std::optional<char> literal;
      std::vector<std::string> alternatives;
      if (c == '(') {
        if (!skip_group(&alternatives)) return false;
      } else if (c == '[') {
        if (!skip_class()) return false;
      } else if (c == '\\') {
        if (rest_.empty()) return false;
        const char escaped = take();
        if (!is_word(escaped) && escaped > ' ' && escaped < 0x7F) {
          literal = escaped;
        } else if (Text("dDwWsSbB").find(escaped) == Text::npos) {
          return false;
        }
      } else if (is_plain(c)) {
        literal = c;
      } else if (c != '.' && c != '^' && c != '$') {
        return false;
      }
      const char repeat = rest_.empty() ? '\0' : rest_.front();
      if (repeat == '{') return false;
      if (repeat == '*' || repeat == '?' || repeat == '+') {
        take();
        if (!rest_.empty() && rest_.front() == '?') take();
        // Two operators in a row are not for this reader.
        if (!rest_.empty() && Text("*+?{").find(rest_.front()) != Text::npos) return false;
      }
      const bool is_optional = repeat == '*' || repeat == '?';
      if (literal && !is_optional) run_.push_back(*literal);
      if (!literal || is_optional || repeat == '+') end_run();
      if (!alternatives.empty() && !is_optional) offer(std::move(alternatives));
    }
    end_run();
    return true;
  }

  // Up to the closing parenthesis. `alternatives` receives the texts of a group that is nothing but texts.
  bool skip_group(std::vector<std::string>* alternatives) {
    if (rest_.starts_with("?")) {
      if (!rest_.starts_with("?:")) return false;  // Flags change the meaning of what follows; names are rare.
      rest_.remove_prefix(2);
    }
    bool all_plain = true;
    alternatives->emplace_back();
    while (!rest_.empty()) {
      const char c = take();
      if (c == ')') {
        for (const std::string& text : *alternatives) all_plain = all_plain && !text.empty();
        if (!all_plain) alternatives->clear();
        return true;
      }
      if (c == '|') {
        alternatives->emplace_back();
      } else if (is_plain(c)) {
        alternatives->back().push_back(c);
      } else {
        all_plain = false;
        std::vector<std::string> inner;
        if (c == '(' && !skip_group(&inner)) return false;
        if (c == '[' && !skip_class()) return false;
        if (c == '\\' && (rest_.empty() || take() == 'Q')) return false;
      }
    }
    return false;
  }

  bool skip_class() {
    if (rest_.starts_with("^")) rest_.remove_prefix(1);
    if (rest_.starts_with("]")) rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = take();
      if (c == ']') return true;
      if (c == '[')
        return false;  // A class with a name, or a bracket: either may be followed by one that ends nothing.
      if (c == '\\' && (rest_.empty() || take() == 'Q')) return false;
    }
    return false;
  }

  void end_run() {
    if (!run_.empty()) offer({std::move(run_)});
    run_.clear();
  }

  // Longer texts are rarer, and fewer are found faster.
  void offer(std::vector<std::string> texts) {
    constexpr size_t kMost = 4;
    const auto shortest = [](const std::vector<std::string>& list) {
      size_t size = list.empty() ? 0 : list[0].size();
      for (const std::string& text : list) size = text.size() < size ? text.size() : size;
      return size;
    };
    if (texts.size() > kMost) return;
    if (shortest(texts) > shortest(best_)) best_ = std::move(texts);
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  Text rest_;
  std::string run_;
  std::vector<std::string> best_;
};

// A pattern that is one class of ASCII characters, such as `[0-9]` or `[^a-z0-9]+`: the bytes that belong to it. In a class
// with `^` all bytes of code points beyond ASCII belong.
struct ByteClass {
  std::bitset<256> bytes;
  bool repeated = false;  // With `+`: a match is a whole run.

  static std::optional<ByteClass> read(Text pattern) {
    ByteClass result;
    if (pattern.ends_with("]+")) {
      result.repeated = true;
      pattern.remove_suffix(1);
    }
    if (!pattern.starts_with("[") || !pattern.ends_with("]") || pattern.size() < 3) return std::nullopt;
    pattern = pattern.substr(1, pattern.size() - 2);
    const bool is_negated = pattern.starts_with("^");
    if (is_negated) pattern.remove_prefix(1);
    // Without `+` each code point is a match of its own, which bytes do not tell.
    if (pattern.empty() || (is_negated && !result.repeated)) return std::nullopt;
    while (!pattern.empty()) {
      const auto first = static_cast<uint8_t>(pattern[0]);
      auto last = first;
      if (!is_plain(pattern[0]) || pattern[0] == '-') return std::nullopt;
      pattern.remove_prefix(1);
      if (pattern.size() >= 2 && pattern[0] == '-') {
        if (!is_word(pattern[1])) return std::nullopt;
        last = static_cast<uint8_t>(pattern[1]);
        pattern.remove_prefix(2);
      }
      for (unsigned byte = first; byte <= last; ++byte) result.bytes.set(byte);
    }
    if (is_negated) result.bytes.flip();
    return result;
  }
};

}  // namespace pattern

// A pattern that is looked for in texts.
struct SearchedPattern {
  std::unique_ptr<RE2> expression;
  std::vector<std::string> literals;  // One of them is in each text that matches, if there are any.

  static std::optional<SearchedPattern> bind(Text pattern, BindError& error) {
    SearchedPattern searched{compile_pattern(pattern, error), {}};
    if (searched.expression == nullptr) return std::nullopt;
    searched.literals = pattern::LiteralReader::read(pattern);
    return searched;
  }
};

// A group of it, of which the text is wanted; 0 is the whole match.
struct SearchedGroup {
  static constexpr int64_t kMost = 63;
  SearchedPattern pattern;
  int group;

  static std::optional<SearchedGroup> bind(Text pattern, int64_t group, BindError& error) {
    std::optional<SearchedPattern> searched = SearchedPattern::bind(pattern, error);
    if (!searched.has_value()) return std::nullopt;
    const int groups = searched->expression->NumberOfCapturingGroups();
    if (group >= 0 && group <= kMost && group <= groups) {
      return SearchedGroup{std::move(*searched), static_cast<int>(group)};
    }
    error.set("The pattern has " + std::to_string(groups) + " groups; there is no group " + std::to_string(group) +
              ".");
    return std::nullopt;
  }
};

}  // namespace feature_extractor
