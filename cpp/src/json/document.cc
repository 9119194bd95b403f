#include "feature_extractor/json.h"

#include "feature_extractor/number_text.h"
#include "feature_extractor/text.h"
#include "json/escapes.h"

namespace feature_extractor::json {

uint32_t read_hexadecimal(const char* at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const auto c = static_cast<uint8_t>(at[i]);
    const auto letter = static_cast<uint8_t>((c | 0x20) - 'a');
    const uint32_t digit = static_cast<uint8_t>(c - '0') <= 9 ? c - '0' : letter < 6 ? letter + 10u : 0x10000u;
    if (digit > 15) return 0x10000;
    value = value << 4 | digit;
  }
  return value;
}

Text unescape(Text inside, Arena& arena, bool* has_lone_half) {
  char* const out = arena.allocate(inside.size());
  char* to = out;
  const char* at = inside.data();
  const char* const end = at + inside.size();
  while (at < end) {
    if (*at != '\\') {
      *to++ = *at++;
      continue;
    }
    const char c = at[1];
    if (c != 'u') {
      *to++ = c == 'b' ? '\b' : c == 'f' ? '\f' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
      at += 2;
      continue;
    }
    char32_t code_point = read_hexadecimal(at + 2);
    at += 6;
    if (code_point >= 0xD800 && code_point <= 0xDFFF) {
      const bool is_pair = code_point < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u';
      const uint32_t low = is_pair ? read_hexadecimal(at + 2) : 0;
      if (low >= 0xDC00 && low <= 0xDFFF) {
        code_point = 0x10000 + ((code_point - 0xD800) << 10 | (low - 0xDC00));
        at += 6;
      } else {
        code_point = 0xFFFD;
        if (has_lone_half != nullptr) *has_lone_half = true;
      }
    }
    to += text::encode(code_point, to);
  }
  return {out, static_cast<size_t>(to - out)};
}

// Reads a text once, from its first byte to its last.
class Reader {
 public:
  Reader(Text text, Arena& arena, bool is_sequence)
      : text_(text),
        arena_(arena),
        is_sequence_(is_sequence),
        nodes_(nullptr),
        capacity_(static_cast<uint32_t>(text.size() / 8 + 8)) {
    nodes_ = arena.allocate_array<Node>(capacity_);
  }

  Problem problem() const { return {at_, expected_}; }

  bool read(Document& document) {
    const bool is_json = read_all();
    document.nodes_ = nodes_;
    document.size_ = size_;
    return is_json;
  }

 private:
  uint32_t push(Kind kind, uint32_t begin) {
    if (size_ == capacity_) {
      Node* larger = arena_.allocate_array<Node>(size_t{capacity_} * 2);
      __builtin_memcpy(larger, nodes_, sizeof(Node) * size_);
      nodes_ = larger;
      capacity_ *= 2;
    }
    nodes_[size_] = {begin, begin, size_ + 1, 0, kind};
    return size_++;
  }

  // The text is none; `back` bytes before the reader's place something else had to stand.
  bool fail(const char* expected, uint32_t back = 0) {
    expected_ = expected;
    at_ -= back;
    return false;
  }

  bool read_all() {
    uint32_t parent = kNone;  // The container that is open; its `next` names the one around it.
    for (;;) {
      // Here a value must begin.
      skip_space();
      if (at_ >= text_.size()) return fail("a value");
      const char c = text_[at_];
      if (c == '{' || c == '[') {
        const uint32_t opened = push(c == '{' ? Kind::kObject : Kind::kArray, at_++);
        nodes_[opened].next = parent;
        parent = opened;
        skip_space();
        const bool is_empty = at_ < text_.size() && text_[at_] == (c == '{' ? '}' : ']');
        if (!is_empty) {
          if (c == '{' && !read_name()) return false;
          continue;
        }
      } else {
        if (!read_scalar(c)) return false;
        if (parent != kNone) ++nodes_[parent].count;
      }
      // Here a value has ended, or an empty container has begun.
      for (;;) {
        if (parent == kNone) {
          const uint32_t end = at_;
          skip_space();
          if (at_ == text_.size()) return true;
          if (!is_sequence_ || text_.substr(end, at_ - end).find('\n') == Text::npos) {
            return fail(is_sequence_ ? "the end, or a new line before the next value" : "the end");
          }
          break;
        }
        skip_space();
        if (at_ >= text_.size()) return fail(nodes_[parent].kind == Kind::kObject ? "',' or '}'" : "',' or ']'");
        Node& open = nodes_[parent];
        const char next = text_[at_++];
        if (next == ',' && open.count != 0) {
          if (open.kind == Kind::kObject && !read_name()) return false;
          break;
        }
        if (next != (open.kind == Kind::kObject ? '}' : ']')) {
          return fail(open.kind == Kind::kObject ? "',' or '}'" : "',' or ']'", 1);
        }
        open.end = at_;
        parent = open.next;
        open.next = size_;
        if (parent != kNone) ++nodes_[parent].count;
      }
    }
  }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') break;
      ++at_;
    }
  }

  bool read_name() {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != '"') return fail("a name in double quotes");
    if (!read_string(Kind::kName)) return false;
    skip_space();
    if (at_ >= text_.size() || text_[at_] != ':') return fail("':' behind the name");
    ++at_;
    return true;
  }

  bool read_scalar(char c) {
    if (c == '"') return read_string(Kind::kString);
    if (is_sequence_ && (c == 'N' || c == 'I' || text_.substr(at_, 2) == "-I")) {
      return read_word(c == 'N' ? "NaN" : c == 'I' ? "Infinity" : "-Infinity", Kind::kNumber);
    }
    if (c == '-' || is_digit(c)) return read_number();
    if (c == 't') return read_word("true", Kind::kTrue);
    if (c == 'f') return read_word("false", Kind::kFalse);
    return read_word("null", Kind::kNull);
  }

  bool read_word(Text word, Kind kind) {
    if (text_.substr(at_, word.size()) != word) return fail("a value");
    const uint32_t node = push(kind, at_);
    at_ += static_cast<uint32_t>(word.size());
    nodes_[node].end = at_;
    return true;
  }

  bool read_number() {
    const uint32_t node = push(Kind::kNumber, at_);
    if (text_[at_] == '-') ++at_;
    const uint32_t whole = at_;
    skip_digits();
    if (at_ == whole) return fail("a digit");
    if (text_[whole] == '0' && at_ != whole + 1) return fail("a number without leading zeros", at_ - whole);
    if (at_ < text_.size() && text_[at_] == '.') {
      const uint32_t fraction = ++at_;
      skip_digits();
      if (at_ == fraction) return fail("a digit");
    }
    if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      const uint32_t exponent = at_;
      skip_digits();
      if (at_ == exponent) return fail("a digit");
    }
    nodes_[node].end = at_;
    return true;
  }

  void skip_digits() {
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  }

  // From the quote on. Blocks of 16 bytes are searched for a quote, a backslash or a control character at once.
  bool read_string(Kind kind) {
    const uint32_t node = push(kind, at_++);
    for (;;) {
      const size_t left = text_.size() - at_ < text::kBlock ? text_.size() - at_ : text::kBlock;
      const text::Block block = text::load_partial(text_.data() + at_, left);
      uint32_t found = text::bits((block == static_cast<uint8_t>('"')) | (block == static_cast<uint8_t>('\\')) |
                                  (block < static_cast<uint8_t>(0x20)));
      found &= (1u << left) - 1;
      if (found == 0) {
        if (left < text::kBlock) {
          at_ += static_cast<uint32_t>(left);
          return fail("'\"' at the end of the text");
        }
        at_ += static_cast<uint32_t>(left);
        continue;
      }
      at_ += static_cast<uint32_t>(__builtin_ctz(found));
      const char c = text_[at_++];
      if (c == '"') break;
      if (c != '\\') return fail("no control character in a text", 1);
      if (!skip_escape()) return fail("an escape: one of \"\\/bfnrt, or u and four digits");
      nodes_[node].count = 1;
    }
    nodes_[node].end = at_;
    return true;
  }

  // Behind the backslash.
  bool skip_escape() {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    if (c == 'u') {
      if (text_.size() - at_ < 4 || read_hexadecimal(text_.data() + at_) > 0xFFFF) return false;
      at_ += 4;
      return true;
    }
    return Text("\"\\/bfnrt").find(c) != Text::npos;
  }

  const Text text_;
  Arena& arena_;
  const bool is_sequence_;
  const char* expected_ = "";
  Node* nodes_;
  uint32_t size_ = 0;
  uint32_t capacity_;
  uint32_t at_ = 0;
};

bool Document::read(Text text, Arena& arena) {
  text_ = text;
  arena_ = &arena;
  size_ = 0;
  return text.size() < kNone && Reader(text, arena, false).read(*this);
}

bool Document::read_sequence(Text text, Arena& arena, Problem& problem) {
  text_ = text;
  arena_ = &arena;
  size_ = 0;
  problem = {0, "less than 4 GiB of text"};
  if (text.size() >= kNone) return false;
  Reader reader(text, arena, true);
  const bool is_json = reader.read(*this);
  problem = reader.problem();
  return is_json;
}

bool Document::is_named(const Node& name, Text wanted) const {
  const Text inside = between_quotes(name);
  if (name.count == 0) return inside == wanted;
  // An escape is never shorter than what it stands for.
  if (inside.size() < wanted.size()) return false;
  Arena::Scope scope(*arena_);
  return unescape(inside, *arena_) == wanted;
}

Nullable<Text> Document::text_of(const Node& node, Arena& arena) const {
  if (node.kind == Kind::kNull) return null;
  if (node.kind != Kind::kString && node.kind != Kind::kName) return raw(node);
  const Text inside = between_quotes(node);
  return node.count == 0 ? inside : unescape(inside, arena);
}

Nullable<Text> Document::strict_text_of(const Node& node, Arena& arena) const {
  const Text inside = between_quotes(node);
  if (node.count == 0) return inside;
  bool has_lone_half = false;
  const Text text = unescape(inside, arena, &has_lone_half);
  return Nullable<Text>::where(!has_lone_half, text);
}

Nullable<int64_t> Document::int_of(const Node& node) const {
  if (node.kind != Kind::kNumber) return null;
  const Text digits = raw(node);
  const Nullable<int64_t> exact = read_int(digits);
  if (exact.has_value() || digits.find_first_of(".eE") == Text::npos) return exact;
  const Nullable<double> value = read_float(digits);
  // Up to 2^53 a double holds what is written.
  const double x = value.has_value() ? *value : 0.5;
  if (!(__builtin_fabs(x) <= 9007199254740992.0)) return null;
  const auto whole = static_cast<int64_t>(x);
  return Nullable<int64_t>::where(static_cast<double>(whole) == x, whole);
}

Nullable<double> Document::float_of(const Node& node) const {
  if (node.kind != Kind::kNumber) return null;
  return read_float(raw(node));
}

Nullable<bool> Document::bool_of(const Node& node) const {
  return Nullable<bool>::where(node.kind == Kind::kTrue || node.kind == Kind::kFalse, node.kind == Kind::kTrue);
}

}  // namespace feature_extractor::json
