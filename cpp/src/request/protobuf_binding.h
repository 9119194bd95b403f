// How the fields of a message in Protocol Buffers lead to the columns of a program, and what was read of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "feature_extractor/protobuf.h"
#include "request/column_writer.h"
#include "request/protobuf_schema.h"

namespace feature_extractor {

struct MessageNode;

// A field, where its values go, and what was read of it in the message at hand.
struct FieldNode {
  enum class Shape : uint8_t { kOne, kList, kVector, kMap, kCandidates };
  enum class Value : uint8_t { kBool, kInt, kRealOfInt, kReal, kText, kEnumName, kStruct, kInstant, kWrapped };

  std::string name;
  uint32_t number = 0;
  int32_t oneof = -1;
  Shape shape = Shape::kOne;
  Value value = Value::kInt;
  protobuf::IntType integer;
  bool is_double = false;
  bool has_presence = false;
  // How a message or a text begins on the wire: with its length, or as a group.
  protobuf::WireType wire = protobuf::WireType::kLength;
  bool is_default_message = false;  // An absent message is an empty one: of the value in a map.
  const ProtobufEnum* enumeration =
      nullptr;  // To name numbers, and to pass over those that a closed one does not have.
  int64_t default_int = 0;
  double default_real = 0.0;
  std::string default_text;
  ColumnWriter* writer = nullptr;  // nullptr where nothing is written: the field only ends another one of its oneof.
  std::unique_ptr<MessageNode>
      message;  // A struct's fields; a map's key and value; the fields of a message of Google's.

  bool is_present = false;
  uint64_t bits = 0;  // The last number; of what is repeated how many messages or numbers of a vector there were.
  Text bytes;
  AccountedVector<Text> parts;  // A message may come in several parts, which together are one.

  // The column of a value, which for lists is that of their elements.
  ColumnWriter& values() const { return shape == Shape::kList ? writer->child(0) : *writer; }
};

struct MessageNode {
  std::string name;
  std::vector<FieldNode> fields;
  size_t last = 0;

  // Fields mostly come in the order of their declaration, and repeated ones one after the other.
  FieldNode* find(uint32_t number) {
    for (size_t i = last; i < fields.size() && i < last + 2; ++i) {
      if (fields[i].number == number) return &fields[last = i];
    }
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].number == number) return &fields[last = i];
    }
    return nullptr;
  }
};

// Finds the fields of a message for the columns of a table, or says what does not fit. `domain` is "request" or "candidate".
Status bind_message(const ProtobufMessage& message, TableWriter& table, const char* domain, MessageNode* node);

}  // namespace feature_extractor
