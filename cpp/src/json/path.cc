#include "feature_extractor/json_path.h"

#include "feature_extractor/number_text.h"
#include "feature_extractor/text.h"

#include <utility>

namespace feature_extractor::json {
namespace {

class PathReader {
 public:
  explicit PathReader(Text query) : query_(query) {}

  bool read(Path& path) {
    if (!take('$')) return fail("it starts with `$`");
    for (;;) {
      const size_t before = at_;
      skip_space();
      if (at_ == query_.size()) {
        at_ = before;
        return at_ == query_.size() || fail("no white space stands at its end");
      }
      if (path.segments.size() == Path::kMostSegments) return fail("it has at most 64 segments");
      if (!read_segment(path.segments.emplace_back())) return false;
    }
  }
  const std::string& reason() const { return reason_; }

 private:
  bool read_segment(Segment& segment) {
    if (take('[')) return read_brackets(segment);
    if (!take('.')) return fail("`.` or `[` comes next");
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
    if (take('\'')) return read_quoted('\'', selector);
    if (take('"')) return read_quoted('"', selector);
    if (at_ < query_.size() && query_[at_] == '?') return fail("filters (`?`) are not supported");
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

  bool read_quoted(char quote, Selector& selector) {
    selector.kind = Selector::Kind::kName;
    while (at_ < query_.size()) {
      const char c = query_[at_++];
      if (c == quote) return true;
      if (static_cast<uint8_t>(c) < 0x20) return fail("a control character in quotes is written as `\\uXXXX`");
      if (c != '\\') {
        selector.name.push_back(c);
      } else if (!read_escape(quote, selector.name)) {
        return fail("an escape is one of JSON's");
      }
    }
    return fail("the name in quotes ends with a quote");
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
  bool take(char c) {
    if (at_ == query_.size() || query_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool fail(const char* expected) {
    reason_ = "Byte " + std::to_string(at_) + " of the JSONPath query: " + expected + ".";
    return false;
  }

  Text query_;
  size_t at_ = 0;
  std::string reason_;
};

class Walk {
 public:
  Walk(const Document& document, const Path& path, Found* found, void* context)
      : document_(document),
        path_(path),
        found_(found),
        context_(context),
        steps_left_(kFreeSteps + uint64_t{4} * document.size()) {}

  bool run() {
    visit(0, 0);
    return steps_left_ != 0;
  }

 private:
  static constexpr uint64_t kFreeSteps = uint64_t{1} << 22;

  // True to go on.
  bool visit(uint32_t number, size_t depth) {
    if (depth == path_.segments.size()) return found_(context_, number);
    const Segment& segment = path_.segments[depth];
    if (!segment.of_descendants) return select(number, segment, depth);
    const uint32_t end = document_[number].next;
    for (uint32_t i = number; i < end; ++i) {
      if (!step()) return false;
      if (document_[i].kind != Kind::kName && !select(i, segment, depth)) return false;
    }
    return true;
  }

  bool select(uint32_t number, const Segment& segment, size_t depth) {
    const Node& node = document_[number];
    if (node.kind != Kind::kArray && node.kind != Kind::kObject) return true;
    for (const Selector& selector : segment.selectors) {
      const bool goes_on = selector.kind == Selector::Kind::kName       ? select_name(number, selector.name, depth)
                           : selector.kind == Selector::Kind::kWildcard ? select_all(number, depth)
                                                                        : select_positions(number, selector, depth);
      if (!goes_on) return false;
    }
    return true;
  }

  bool select_name(uint32_t number, Text name, size_t depth) {
    const Node& node = document_[number];
    if (node.kind != Kind::kObject) return true;
    for (uint32_t i = number + 1; i < node.next; i = document_[i + 1].next) {
      if (!step()) return false;
      if (document_.is_named(document_[i], name)) return visit(i + 1, depth + 1);
    }
    return true;
  }

  bool select_all(uint32_t number, size_t depth) {
    const Node& node = document_[number];
    const uint32_t name = node.kind == Kind::kObject ? 1 : 0;
    for (uint32_t i = number + 1; i < node.next; i = document_[i + name].next) {
      if (!step() || !visit(i + name, depth + 1)) return false;
    }
    return true;
  }

  bool select_positions(uint32_t number, const Selector& selector, size_t depth) {
    const Node& node = document_[number];
    const auto size = static_cast<int64_t>(node.count);
    if (node.kind != Kind::kArray || size == 0) return true;
    const auto from_end = [size](int64_t position) { return position < 0 ? position + size : position; };
    const auto within = [](int64_t value, int64_t low, int64_t high) {
      return value < low ? low : value > high ? high : value;
    };
    if (selector.kind == Selector::Kind::kIndex) {
      const int64_t index = from_end(*selector.start);
      return index < 0 || index >= size || select_range(number, index, index + 1, 1, depth);
    }
    // The bounds of a slice, as section 2.3.4.2.2 of the RFC computes them.
    const int64_t stride = selector.step;
    if (stride == 0) return true;
    if (stride > 0) {
      const int64_t lower = within(from_end(selector.start.value_or(0)), 0, size);
      const int64_t upper = within(from_end(selector.end.value_or(size)), 0, size);
      return lower >= upper || select_range(number, lower, upper, stride, depth);
    }
    const int64_t upper = within(from_end(selector.start.value_or(size - 1)), -1, size - 1);
    // Without an end the first element is in; no end that is written can say so.
    const int64_t lower = selector.end.has_value() ? within(from_end(*selector.end), -1, size - 1) : -1;
    if (upper <= lower) return true;
    auto* elements = document_.arena().allocate_array<uint32_t>(static_cast<size_t>(size));
    for (uint32_t i = number + 1, k = 0; i < node.next; i = document_[i].next) {
      if (!step()) return false;
      elements[k++] = i;
    }
    for (int64_t i = upper; i > lower; i += stride) {
      if (!step() || !visit(elements[i], depth + 1)) return false;
    }
    return true;
  }

  // The elements of an array from `begin` to before `end`, every `stride`-th.
  bool select_range(uint32_t number, int64_t begin, int64_t end, int64_t stride, size_t depth) {
    uint32_t element = number + 1;
    int64_t wanted = begin;
    for (int64_t i = 0; i < end; ++i, element = document_[element].next) {
      if (!step()) return false;
      if (i != wanted) continue;
      if (!visit(element, depth + 1)) return false;
      wanted += stride;
    }
    return true;
  }

  bool step() {
    if (steps_left_ != 0) --steps_left_;
    return steps_left_ != 0;
  }

  const Document& document_;
  const Path& path_;
  Found* found_;
  void* context_;
  uint64_t steps_left_;
};

}  // namespace

std::optional<Path> Path::read(Text query, BindError& error) {
  std::optional<Path> path(std::in_place);
  PathReader reader(query);
  if (reader.read(*path)) return path;
  error.set(reader.reason());
  return std::nullopt;
}

bool walk(const Document& document, const Path& path, Found* found, void* context) {
  return Walk(document, path, found, context).run();
}

}  // namespace feature_extractor::json
