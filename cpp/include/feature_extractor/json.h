// JSON texts (RFC 8259), read in one pass into a flat list of values.
//
// The whole text is checked, so that a text either is JSON or is not, whatever part of it is asked for. The reader is our
// own, because a kernel may not touch the heap and its state is shared by threads: the values stand in the engine's arena,
// strings and numbers stay views of the text, a number may have any size, and nesting any depth, since nothing recurses.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::json {

enum class Kind : uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject, kName };

// A value, or the name of an object's member, which stands in front of the member's value. A container is followed by
// what it holds, so the values of a text are in its order.
struct Node {
  uint32_t begin;  // Its first byte, and the one behind its last; with the quotes of a string.
  uint32_t end;
  uint32_t next;   // The number of the node behind it and all that it holds.
  uint32_t count;  // The values in a container. Of a string or name: whether it has escapes.
  Kind kind;
};

inline constexpr uint32_t kNone = 0xFFFFFFFF;

// Where a text stops being JSON, and what had to stand there.
struct Problem {
  uint32_t at = 0;
  const char* expected = "";
};

// The value of the four digits of a \u escape, or a number above 0xFFFF where they are none.
uint32_t read_hexadecimal(const char* at);

class Document {
 public:
  // Reads a text. False where it is not JSON, or 4 GiB long.
  bool read(Text text, Arena& arena);
  // Reads values one after the other, each on lines of its own, as JSON lines have them. NaN, Infinity and -Infinity are numbers
  // then, since Python's json writes them. A value that does not nest in another is a root: the first has number 0, and the
  // `next` of a root is the following one.
  bool read_sequence(Text text, Arena& arena, Problem& problem);

  const Node& operator[](uint32_t number) const { return nodes_[number]; }
  uint32_t size() const { return size_; }
  Arena& arena() const { return *arena_; }

  // Whether the name of a member is this text.
  bool is_named(const Node& name, Text wanted) const;

  // A value as text: a string without its quotes and escapes, anything else as it stands. Null for JSON's null.
  Nullable<Text> text_of(const Node& node, Arena& arena) const;
  // The same of a string or name; null where half of a surrogate pair stands alone, which is no character.
  Nullable<Text> strict_text_of(const Node& node, Arena& arena) const;
  // A number that is an integer, also one that is written with a fraction or an exponent, as 1.0 and 1e2.
  Nullable<int64_t> int_of(const Node& node) const;
  Nullable<double> float_of(const Node& node) const;
  Nullable<bool> bool_of(const Node& node) const;

 private:
  friend class Reader;

  Text raw(const Node& node) const { return text_.substr(node.begin, node.end - node.begin); }
  Text between_quotes(const Node& node) const { return text_.substr(node.begin + 1, node.end - node.begin - 2); }

  Text text_;
  Arena* arena_ = nullptr;
  Node* nodes_ = nullptr;
  uint32_t size_ = 0;
};

}  // namespace feature_extractor::json
