#include "json/filter.h"

#include "feature_extractor/number_text.h"
#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

#include <limits>
#include <utility>

namespace feature_extractor::json {
namespace {

class PathReader {
 public:
  explicit PathReader(Text query) : query_(query) {}

  bool read(Path& path) {
    if (!take('$')) return fail("it starts with `$`");
    if (!read_segments(path.segments)) return false;
    if (at_ == query_.size()) return true;
    skip_space();
    return fail(at_ == query_.size() ? "no white space stands at its end" : "`.` or `[` comes next");
  }
  const std::string& reason() const { return reason_; }

 private:
  // What a term of a filter is decides where it may stand.
  struct Term {
    enum class Kind : uint8_t { kLiteral, kQuery, kValue, kCondition };
    Kind kind = Kind::kLiteral;
    Operand operand;
    Condition condition;
  };

  bool read_segments(std::vector<Segment>& segments) {
    for (;;) {
      const size_t before = at_;
      skip_space();
      if (!is_next('.') && !is_next('[')) {
        at_ = before;
        return true;
      }
      if (++segments_ > Path::kMostSegments) return fail("it has at most 64 segments");
      if (!read_segment(segments.emplace_back())) return false;
    }
  }

  bool read_segment(Segment& segment) {
    if (take('[')) return read_brackets(segment);
    ++at_;  // The dot that the caller saw.
    if (take('.')) {
      segment.of_descendants = true;
      if (take('[')) return read_brackets(segment);
    }
    Selector& selector = segment.selectors.emplace_back();
    if (take('*')) return true;
    selector.kind = Selector::Kind::kName;
    const size_t begin = at_;
    while (at_ < query_.size()) {
      const char c = query_[at_];
      const bool is_letter = static_cast<uint8_t>((c | 0x20) - 'a') < 26 || c == '_' || static_cast<uint8_t>(c) >= 0x80;
      if (!is_letter && (at_ == begin || !is_digit(c))) break;
      ++at_;
    }
    if (at_ == begin) return fail("a name or `*` comes next");
    selector.name = query_.substr(begin, at_ - begin);
    return true;
  }

  bool read_brackets(Segment& segment) {
    do {
      skip_space();
      if (!read_selector(segment.selectors.emplace_back())) return false;
      skip_space();
    } while (take(','));
    return take(']') || fail("`,` or `]` comes next");
  }

  bool read_selector(Selector& selector) {
    if (take('*')) return true;
    if (is_next('\'') || is_next('"')) {
      selector.kind = Selector::Kind::kName;
      return read_quoted(selector.name);
    }
    if (take('?')) {
      selector.kind = Selector::Kind::kFilter;
      const auto filter = std::make_shared<Filter>();
      selector.filter = filter;
      skip_space();
      return read_condition(filter->condition);
    }
    if (!read_optional_int(selector.start)) return false;
    const size_t behind_number = at_;
    skip_space();
    if (!take(':')) {
      at_ = behind_number;
      selector.kind = Selector::Kind::kIndex;
      return selector.start.has_value() || fail("a name in quotes, a number, a slice or `*` comes next");
    }
    selector.kind = Selector::Kind::kSlice;
    skip_space();
    if (!read_optional_int(selector.end)) return false;
    const size_t behind_end = at_;
    skip_space();
    if (!take(':')) {
      at_ = behind_end;
      return true;
    }
    const size_t behind_colon = at_;
    skip_space();
    std::optional<int64_t> step;
    if (!read_optional_int(step)) return false;
    if (!step.has_value()) at_ = behind_colon;
    selector.step = step.value_or(1);
    return true;
  }

  // An int as RFC 9535 writes it, within the integers that doubles hold. Nothing where no digit or sign stands.
  bool read_optional_int(std::optional<int64_t>& number) {
    constexpr int64_t kLargest = (int64_t{1} << 53) - 1;
    const size_t begin = at_;
    const bool is_negative = take('-');
    const size_t digits = at_;
    int64_t value = 0;
    while (at_ < query_.size() && is_digit(query_[at_])) {
      value = value * 10 + (query_[at_++] - '0');
      if (value > kLargest) return fail("a number is at most 2^53 - 1");
    }
    if (at_ == begin) return true;
    if (at_ == digits) return fail("a digit follows `-`");
    if (query_[digits] == '0' && (at_ != digits + 1 || is_negative))
      return fail("a number has no leading or negative 0");
    number = is_negative ? -value : value;
    return true;
  }

  // `a || b || ...`, each of them `a && b && ...`.
  bool read_condition(Condition& condition) {
    return read_joined(condition, Condition::Kind::kOr, '|', [this](Condition& part) {
      return read_joined(part, Condition::Kind::kAnd, '&', [this](Condition& basic) { return read_basic(basic); });
    });
  }

  template <class Read>
  bool read_joined(Condition& condition, Condition::Kind kind, char twice, Read&& read) {
    if (!read(condition)) return false;
    skip_space();
    if (!is_next(twice)) return true;
    Condition joined;
    joined.kind = kind;
    joined.parts.push_back(std::move(condition));
    while (take(twice)) {
      if (!take(twice)) return fail(twice == '|' ? "`||` comes next" : "`&&` comes next");
      skip_space();
      if (!read(joined.parts.emplace_back())) return false;
      skip_space();
    }
    condition = std::move(joined);
    return true;
  }

  bool read_basic(Condition& condition) {
    if (take('!')) {
      skip_space();
      condition.kind = Condition::Kind::kNot;
      Condition& inner = condition.parts.emplace_back();
      if (take('(')) return read_parenthesis(inner);
      Term term;
      return read_term(term) && (to_test(term, inner) || fail_at_test());
    }
    if (take('(')) return read_parenthesis(condition);
    Term left;
    if (!read_term(left)) return false;
    skip_space();
    Comparison comparison;
    if (!read_comparison(comparison)) return to_test(left, condition) || fail_at_test();
    skip_space();
    Term right;
    if (!is_comparable(left)) return fail_at_comparison();
    if (!read_term(right)) return false;
    if (!is_comparable(right)) return fail_at_comparison();
    condition.kind = Condition::Kind::kCompare;
    condition.comparison = comparison;
    condition.operands.push_back(std::move(left.operand));
    condition.operands.push_back(std::move(right.operand));
    return true;
  }

  bool read_parenthesis(Condition& condition) {
    if (!enter()) return false;
    skip_space();
    if (!read_condition(condition)) return false;
    skip_space();
    --depth_;
    return take(')') || fail("`)` comes next");
  }

  static bool to_test(Term& term, Condition& condition) {
    if (term.kind == Term::Kind::kCondition) {
      condition = std::move(term.condition);
      return true;
    }
    condition.kind = Condition::Kind::kExists;
    condition.query = std::move(term.operand.query);
    return term.kind == Term::Kind::kQuery;
  }
  bool fail_at_test() {
    return fail("a value is compared; only a query, `match` or `search` is a condition by itself");
  }

  static bool is_comparable(const Term& term) {
    return term.kind == Term::Kind::kLiteral || term.kind == Term::Kind::kValue ||
           (term.kind == Term::Kind::kQuery && term.operand.query.is_singular());
  }
  bool fail_at_comparison() {
    return fail("what is compared is a value: a query selects one at most, and `match` and `search` are conditions");
  }

  bool read_comparison(Comparison& comparison) {
    constexpr std::pair<Text, Comparison> kSigns[] = {
        {"==", Comparison::kEqual}, {"!=", Comparison::kNotEqual},     {"<=", Comparison::kLessEqual},
        {"<", Comparison::kLess},   {">=", Comparison::kGreaterEqual}, {">", Comparison::kGreater},
    };
    for (const auto& [sign, meaning] : kSigns) {
      if (!query_.substr(at_).starts_with(sign)) continue;
      at_ += sign.size();
      comparison = meaning;
      return true;
    }
    return false;
  }

  bool read_term(Term& term) {
    Operand& operand = term.operand;
    if (is_next('@') || is_next('$')) {
      term.kind = Term::Kind::kQuery;
      operand.kind = Operand::Kind::kQuery;
      operand.query.is_absolute = query_[at_++] == '$';
      if (!enter() || !read_segments(operand.query.segments)) return false;
      --depth_;
      return true;
    }
    if (is_next('\'') || is_next('"')) {
      operand.literal = json::Kind::kString;
      return read_quoted(operand.text);
    }
    if (is_next('-') || (at_ < query_.size() && is_digit(query_[at_]))) return read_number(operand);
    const size_t begin = at_;
    while (at_ < query_.size() && is_name_byte(query_[at_], at_ == begin)) ++at_;
    const Text name = query_.substr(begin, at_ - begin);
    if (is_next('(')) return read_call(name, term);
    constexpr std::pair<Text, json::Kind> kWords[] = {
        {"true", json::Kind::kTrue}, {"false", json::Kind::kFalse}, {"null", json::Kind::kNull}};
    for (const auto& [word, kind] : kWords) {
      operand.literal = kind;
      if (name == word) return true;
    }
    at_ = begin;
    return fail("a query (`@` or `$`), a text in quotes, a number, true, false, null or a function comes next");
  }

  static bool is_name_byte(char c, bool is_first) {
    return static_cast<uint8_t>(c - 'a') < 26 || (!is_first && (c == '_' || is_digit(c)));
  }

  bool read_number(Operand& operand) {
    const size_t begin = at_;
    const auto digits = [this] {
      const size_t first = at_;
      while (at_ < query_.size() && is_digit(query_[at_])) ++at_;
      return at_ - first;
    };
    take('-');
    const bool starts_with_zero = is_next('0');
    const size_t whole = digits();
    if (whole == 0 || (starts_with_zero && whole != 1)) return fail("a number is written as in JSON");
    if (take('.') && digits() == 0) return fail("a digit follows the point");
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (digits() == 0) return fail("a digit follows the exponent's sign");
    }
    operand.literal = json::Kind::kNumber;
    operand.number = Number::read(query_.substr(begin, at_ - begin));
    return true;
  }

  // Behind the name of a function, whose parenthesis comes next.
  bool read_call(Text name, Term& term) {
    const bool is_match = name == "match" || name == "search";
    const bool is_length = name == "length";
    if (!is_match && !is_length && name != "count" && name != "value")
      return fail("the functions are length, count, value, match and search");
    ++at_;
    if (!enter()) return false;
    skip_space();
    Term first;
    if (!read_term(first)) return false;
    skip_space();
    if (is_match || is_length) {
      if (!is_comparable(first)) return fail_at_comparison();
    } else if (first.kind != Term::Kind::kQuery) {
      return fail("`count` and `value` take a query");
    }
    if (is_match) {
      term.kind = Term::Kind::kCondition;
      term.condition.kind = Condition::Kind::kMatch;
      term.condition.is_whole = name == "match";
      term.condition.operands.push_back(std::move(first.operand));
      if (!take(',')) return fail("`,` and a pattern come next");
      skip_space();
      if (!read_pattern(term.condition)) return false;
      skip_space();
    } else if (is_length) {
      term.kind = Term::Kind::kValue;
      term.operand.kind = Operand::Kind::kLength;
      term.operand.argument = std::make_unique<Operand>(std::move(first.operand));
    } else {
      term.kind = Term::Kind::kValue;
      term.operand.kind = name == "count" ? Operand::Kind::kCount : Operand::Kind::kValue;
      term.operand.query = std::move(first.operand.query);
    }
    --depth_;
    return take(')') || fail("`)` comes next");
  }

  bool read_pattern(Condition& condition) {
    Term term;
    if (!read_term(term)) return false;
    if (term.kind != Term::Kind::kLiteral)
      return fail("a pattern is a text in quotes, for it is read once and not for each document");
    if (term.operand.literal != json::Kind::kString) return true;
    BindError error;
    condition.pattern = compile_pattern(with_dots_of_the_rfc(term.operand.text), error);
    return condition.pattern != nullptr || fail(error.message);
  }

  // RFC 9485: a dot stands for any character but a line feed and a carriage return; section 5.4 tells how RE2 says it.
  static std::string with_dots_of_the_rfc(Text pattern) {
    std::string result;
    bool in_class = false;
    for (size_t i = 0; i < pattern.size(); ++i) {
      const char c = pattern[i];
      if (c == '\\' && i + 1 < pattern.size()) {
        // From `\Q` to `\E` each character stands for itself.
        const size_t end = pattern[i + 1] == 'Q' ? pattern.find("\\E", i) : i;
        const size_t size = end == Text::npos ? pattern.size() - i : end - i + 2;
        result.append(pattern.substr(i, size));
        i += size - 1;
        continue;
      }
      if (c == '.' && !in_class) {
        result.append("[^\\n\\r]");
        continue;
      }
      result.push_back(c);
      if (c == ']') in_class = false;
      if (c != '[' || in_class) continue;
      in_class = true;
      // A bracket that comes first in a class is one of its characters.
      for (const char first : Text("^]")) {
        if (i + 1 < pattern.size() && pattern[i + 1] == first) result.push_back(pattern[++i]);
      }
    }
    return result;
  }

  bool enter() { return ++depth_ <= Path::kMostNesting || fail("filters nest at most 32 levels deep"); }

  bool read_quoted(std::string& name) {
    const char quote = query_[at_++];
    while (at_ < query_.size()) {
      const char c = query_[at_++];
      if (c == quote) return true;
      if (static_cast<uint8_t>(c) < 0x20) return fail("a control character in quotes is written as `\\uXXXX`");
      if (c != '\\') {
        name.push_back(c);
      } else if (!read_escape(quote, name)) {
        return fail("an escape is one of JSON's");
      }
    }
    return fail("a text in quotes ends with a quote");
  }

  bool read_escape(char quote, std::string& name) {
    if (at_ == query_.size()) return false;
    const char c = query_[at_++];
    if (c == quote || c == '\\' || c == '/') {
      name.push_back(c);
      return true;
    }
    constexpr Text kLetters = "bfnrt";
    if (const size_t letter = kLetters.find(c); letter != Text::npos) {
      name.push_back("\b\f\n\r\t"[letter]);
      return true;
    }
    char32_t code_point = c == 'u' ? read_unit() : 0x10000;
    if (code_point > 0xFFFF || (code_point >= 0xDC00 && code_point <= 0xDFFF)) return false;
    if (code_point >= 0xD800 && code_point <= 0xDBFF) {
      if (!take('\\') || !take('u')) return false;
      const uint32_t low = read_unit();
      if (low < 0xDC00 || low > 0xDFFF) return false;
      code_point = 0x10000 + ((code_point - 0xD800) << 10 | (low - 0xDC00));
    }
    char encoded[4];
    name.append(encoded, text::encode(code_point, encoded));
    return true;
  }

  uint32_t read_unit() {
    if (query_.size() - at_ < 4) return 0x10000;
    at_ += 4;
    return read_hexadecimal(query_.data() + at_ - 4);
  }

  void skip_space() {
    while (at_ < query_.size() && Text(" \t\n\r").find(query_[at_]) != Text::npos) ++at_;
  }
  bool is_next(char c) const { return at_ < query_.size() && query_[at_] == c; }
  bool take(char c) {
    if (!is_next(c)) return false;
    ++at_;
    return true;
  }
  bool fail(const char* expected) {
    reason_ = "Byte " + std::to_string(at_) + " of the JSONPath query: " + expected + ".";
    return false;
  }

  Text query_;
  size_t at_ = 0;
  size_t segments_ = 0;  // Of the whole query, those in its filters too.
  size_t depth_ = 0;
  std::string reason_;
};

}  // namespace

Number Number::read(Text digits) {
  Number number;
  const Nullable<int64_t> exact = read_int(digits);
  if (exact.has_value()) {
    number.is_int = true;
    number.exact = *exact;
    number.nearest = static_cast<double>(*exact);
    return number;
  }
  const Nullable<double> nearest = read_float(digits);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  number.nearest = nearest.has_value() ? *nearest : digits.starts_with('-') ? -kInfinity : kInfinity;
  // Also 1.0 and 1e3 are exact.
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (number.nearest >= -kTwoTo63 && number.nearest < kTwoTo63) {
    number.exact = static_cast<int64_t>(number.nearest);
    number.is_int = static_cast<double>(number.exact) == number.nearest;
  }
  return number;
}

std::optional<Path> Path::read(Text query, BindError& error) {
  std::optional<Path> path(std::in_place);
  PathReader reader(query);
  if (reader.read(*path)) return path;
  error.set(reader.reason());
  return std::nullopt;
}

}  // namespace feature_extractor::json
