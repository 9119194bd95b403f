// Compares a signature string with the C++ types of a kernel, at compile time.
//
// The grammar of signatures is in docs/design/0002-operators.md.
#pragma once

#include "feature_extractor/kernel.h"

namespace feature_extractor::signature {

template <size_t N>
struct FixedString {
  char text[N];
  consteval FixedString(const char (&source)[N]) {
    for (size_t i = 0; i < N; ++i) text[i] = source[i];
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

template <class... T>
struct Types {
  static constexpr size_t size = sizeof...(T);
};

template <class T>
inline constexpr char type_identity = 0;

template <class T>
struct Name;
template <>
struct Name<bool> {
  static constexpr std::string_view value = "bool";
};
template <>
struct Name<int64_t> {
  static constexpr std::string_view value = "int";
};
template <>
struct Name<double> {
  static constexpr std::string_view value = "float";
};
template <>
struct Name<Text> {
  static constexpr std::string_view value = "string";
};
template <>
struct Name<Bytes> {
  static constexpr std::string_view value = "bytes";
};
template <>
struct Name<Timestamp> {
  static constexpr std::string_view value = "timestamp";
};
template <>
struct Name<Duration> {
  static constexpr std::string_view value = "duration";
};

struct Variable {
  std::string_view name;
  const void* type = nullptr;
  bool is_bound = false;

  constexpr void bind(const void* bound) {
    type = bound;
    is_bound = true;
  }
};

struct Cursor {
  std::string_view text;
  size_t at = 0;
  Variable variables[6] = {};
  int variable_count = 0;

  constexpr void skip_space() {
    while (at < text.size() && text[at] == ' ') ++at;
  }
  constexpr bool take(std::string_view token) {
    skip_space();
    if (text.substr(at, token.size()) != token) return false;
    at += token.size();
    return true;
  }
  constexpr std::string_view identifier() {
    skip_space();
    const size_t begin = at;
    while (at < text.size() && ((text[at] >= 'a' && text[at] <= 'z') || (text[at] >= 'A' && text[at] <= 'Z') ||
                                (text[at] >= '0' && text[at] <= '9') || text[at] == '_')) {
      ++at;
    }
    return text.substr(begin, at - begin);
  }
  constexpr Variable* variable(std::string_view name) {
    for (int i = 0; i < variable_count; ++i) {
      if (variables[i].name == name) return &variables[i];
    }
    return nullptr;
  }
  // True if an arrow stands in what is left of this parameter: it is a lambda.
  constexpr bool parameter_has_arrow() const {
    int depth = 0;
    for (size_t i = at; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '-' && i + 1 < text.size() && text[i + 1] == '>') {
        if (depth == 0) return true;
        ++i;
        continue;
      }
      if (c == '<' || c == '(') ++depth;
      if (c == '>') --depth;
      if (depth == 0 && (c == ',' || c == ')' || c == '=')) return false;
      if (c == ')') --depth;
    }
    return false;
  }
  // Skips to the end of the parameter: past a default, a range, a word set.
  constexpr void skip_parameter_rest() {
    bool quoted = false;
    int depth = 0;
    while (at < text.size()) {
      const char c = text[at];
      if (c == '"') quoted = !quoted;
      if (!quoted) {
        if (depth == 0 && (c == ',' || c == ')')) return;
        if (c == '[' || c == '{' || c == '(') ++depth;
        if (c == ']' || c == '}' || c == ')') --depth;
      }
      ++at;
    }
  }
};

template <class T>
constexpr bool match_type(Cursor& cursor);

template <class T>
struct Matcher {
  static constexpr bool match(Cursor& cursor) {
    const size_t begin = cursor.at;
    const std::string_view name = cursor.identifier();
    if (Variable* variable = cursor.variable(name)) {
      if (!variable->is_bound) variable->bind(&type_identity<T>);
      return variable->type == &type_identity<T>;
    }
    cursor.at = begin;
    if constexpr (requires { Name<T>::value; }) {
      return cursor.take(Name<T>::value);
    } else {
      return false;
    }
  }
};

template <class T>
struct Matcher<List<T>> {
  static constexpr bool match(Cursor& cursor) {
    return cursor.take("list") && cursor.take("<") && match_type<T>(cursor) && cursor.take(">");
  }
};

template <class K, class V>
struct Matcher<Map<K, V>> {
  static constexpr bool match(Cursor& cursor) {
    return cursor.take("map") && cursor.take("<") && match_type<K>(cursor) && cursor.take(",") &&
           match_type<V>(cursor) && cursor.take(">");
  }
};

template <>
struct Matcher<Vector> {
  static constexpr bool match(Cursor& cursor) {
    const size_t begin = cursor.at;
    const std::string_view name = cursor.identifier();
    if (Variable* variable = cursor.variable(name)) {
      if (!variable->is_bound) variable->bind(&type_identity<Vector>);
      return variable->type == &type_identity<Vector>;
    }
    cursor.at = begin;
    if (!cursor.take("vector") || !cursor.take("<")) return false;
    cursor.identifier();
    return cursor.take(">");
  }
};

template <class T>
constexpr bool match_type(Cursor& cursor) {
  const bool matched = Matcher<T>::match(cursor);
  cursor.take("?");  // Elements may always be null; the kernel asks is_null.
  return matched;
}

constexpr bool match_variable(Cursor& cursor) { return cursor.variable(cursor.identifier()) != nullptr; }

constexpr void skip_type(Cursor& cursor) {
  cursor.identifier();
  if (cursor.take("<")) {
    skip_type(cursor);
    while (cursor.take(",")) skip_type(cursor);
    cursor.take(">");
  }
  cursor.take("?");
}

// One parameter's type against the C++ type that the kernel declares for it.
template <class T>
struct ParameterMatcher {
  static constexpr bool match(Cursor& cursor) {
    if (cursor.parameter_has_arrow()) {
      if constexpr (requires { typename T::Element; }) {
        skip_type(cursor);
        return cursor.take("->") && match_type<typename T::Element>(cursor);
      } else {
        return false;
      }
    }
    const bool matched = Matcher<T>::match(cursor);
    return matched && !cursor.take("?") && !cursor.take("...");
  }
};

template <class T>
struct ParameterMatcher<Nullable<T>> {
  static constexpr bool match(Cursor& cursor) { return Matcher<T>::match(cursor) && cursor.take("?"); }
};

template <class T>
struct ParameterMatcher<Variadic<T>> {
  static constexpr bool match(Cursor& cursor) {
    const bool matched = Matcher<T>::match(cursor);
    cursor.take("?");
    return matched && cursor.take("...");
  }
};

template <>
struct ParameterMatcher<const Vocabulary*> {
  static constexpr bool match(Cursor& cursor) { return cursor.take("vocabulary"); }
};

template <>
struct ParameterMatcher<const Table*> {
  static constexpr bool match(Cursor& cursor) { return cursor.take("table"); }
};

template <>
struct ParameterMatcher<const TimeZone*> {
  static constexpr bool match(Cursor& cursor) { return cursor.take("zone"); }
};

constexpr bool parse_variables(Cursor& cursor) {
  if (!cursor.take("<")) return true;
  do {
    if (cursor.variable_count == 6) return false;
    cursor.variables[cursor.variable_count++].name = cursor.identifier();
    if (cursor.take(":")) cursor.identifier();
  } while (cursor.take(","));
  return cursor.take(">");
}

// Parameters come from two lists: those of bind (constants and resources, if the kernel has a bind) and those of eval.
template <bool HasBind, class... Bound, class... Evaluated>
constexpr bool match_parameters(Cursor& cursor, Types<Bound...>, Types<Evaluated...>) {
  using Match = bool (*)(Cursor&);
  constexpr Match bound[] = {&ParameterMatcher<Bound>::match..., nullptr};
  constexpr Match evaluated[] = {&ParameterMatcher<Evaluated>::match..., nullptr};
  size_t next_bound = 0;
  size_t next_evaluated = 0;
  if (!cursor.take("(")) return false;
  if (!cursor.take(")")) {
    do {
      if (cursor.identifier().empty() || !cursor.take(":")) return false;
      const bool is_constant = cursor.take("const ");
      cursor.skip_space();
      const size_t begin = cursor.at;
      const std::string_view word = cursor.identifier();
      cursor.at = begin;
      const bool is_resource = word == "vocabulary" || word == "table" || word == "zone";
      // No pointer is compared with nullptr: under GCC's undefined behaviour sanitizer that is not a constant expression.
      bool matched = false;
      if ((is_constant || is_resource) && HasBind) {
        if (next_bound < sizeof...(Bound)) matched = bound[next_bound++](cursor);
      } else if (next_evaluated < sizeof...(Evaluated)) {
        matched = evaluated[next_evaluated++](cursor);
      }
      if (!matched) return false;
      cursor.skip_parameter_rest();
    } while (cursor.take(","));
    if (!cursor.take(")")) return false;
  }
  return next_bound == sizeof...(Bound) && next_evaluated == sizeof...(Evaluated) && cursor.take("->");
}

}  // namespace feature_extractor::signature
