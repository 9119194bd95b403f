// What the descriptors of Protocol Buffers say about messages: a FileDescriptorSet, read without libprotobuf.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "status.h"

namespace feature_extractor {

struct ProtobufEnum {
  // A closed one treats numbers that it does not name as unknown fields.
  bool is_closed = false;
  // The first number of the file, which stands where there is none.
  int32_t first = 0;
  // By number, which may have several names: the first counts.
  std::vector<std::pair<int32_t, std::string>> values;

  const std::string* name_of(int32_t number) const;
};

struct ProtobufMessage;

struct ProtobufField {
  // Numbers of FieldDescriptorProto.Type.
  enum class Type : uint8_t {
    kDouble = 1,
    kFloat = 2,
    kInt64 = 3,
    kUint64 = 4,
    kInt32 = 5,
    kFixed64 = 6,
    kFixed32 = 7,
    kBool = 8,
    kString = 9,
    kGroup = 10,
    kMessage = 11,
    kBytes = 12,
    kUint32 = 13,
    kEnum = 14,
    kSfixed32 = 15,
    kSfixed64 = 16,
    kSint32 = 17,
    kSint64 = 18,
  };
  std::string name;
  uint32_t number = 0;
  Type type = Type::kInt32;
  bool is_repeated = false;
  bool has_presence = false;  // Whether a message says that it is absent.
  bool is_delimited = false;  // A message that is written as a group.
  int32_t oneof = -1;
  std::string type_name;                     // Of a message or an enum, without the first dot.
  const ProtobufMessage* message = nullptr;  // nullptr where the descriptors do not have it.
  const ProtobufEnum* enumeration = nullptr;
  std::optional<std::string> default_value;

  bool is_message() const { return type == Type::kMessage || type == Type::kGroup; }
  // As in a .proto file, such as "repeated int32" or "map<string, shop.Price>".
  std::string text() const;
};

struct ProtobufMessage {
  std::string name;  // With its package.
  bool is_map_entry = false;
  std::vector<ProtobufField> fields;

  const ProtobufField* find(std::string_view field_name) const;
};

class ProtobufSchema {
 public:
  ProtobufSchema() = default;
  ProtobufSchema(const ProtobufSchema&) = delete;
  ProtobufSchema& operator=(const ProtobufSchema&) = delete;

  // Reads a serialised google.protobuf.FileDescriptorSet.
  Status read(std::string_view descriptor_set);
  // nullptr where there is none of this full name.
  const ProtobufMessage* find(std::string_view name) const;
  std::string message_names() const;

 private:
  friend class DescriptorReader;
  // Nodes of a map stay where they are.
  std::map<std::string, ProtobufMessage, std::less<>> messages_;
  std::map<std::string, ProtobufEnum, std::less<>> enums_;
};

}  // namespace feature_extractor
