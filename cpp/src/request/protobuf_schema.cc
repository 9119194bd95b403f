#include "request/protobuf_schema.h"

#include <algorithm>

#include "feature_extractor/protobuf.h"

namespace feature_extractor {

// The features of editions that change how bytes are read (descriptor.proto, FeatureSet); for the older syntaxes what they always did.
struct ProtobufFeatures {
  bool has_implicit_presence = false;
  bool has_closed_enums = false;
  bool is_delimited = false;
};

namespace {

using protobuf::Field;
using protobuf::WireType;
using FieldType = ProtobufField::Type;

const char* type_word(FieldType type) {
  static constexpr const char* kWords[] = {"",        "double",   "float",    "int64",  "uint64",  "int32", "fixed64",
                                           "fixed32", "bool",     "string",   "group",  "message", "bytes", "uint32",
                                           "enum",    "sfixed32", "sfixed64", "sint32", "sint64"};
  return kWords[static_cast<size_t>(type)];
}

// Calls `found(field)` for each field of a message; false where it is none, or `found` says so.
template <class Found>
bool each_field(Text message, Found&& found) {
  protobuf::Reader reader(message);
  while (!reader.is_at_end()) {
    Field field;
    if (!reader.read(field) || !found(field)) return false;
  }
  return true;
}

}  // namespace

class DescriptorReader {
 public:
  explicit DescriptorReader(ProtobufSchema* schema) : schema_(*schema) {}

  bool read_set(Text set) {
    return each_field(set, [&](const Field& field) { return !is_message(field, 1) || read_file(field.bytes); });
  }

  // Puts extensions into their messages, and messages and enums in the place of their names.
  void link() {
    add_extensions();
    for (auto& [name, message] : schema_.messages_) {
      for (ProtobufField& field : message.fields) {
        if (field.is_message()) field.message = schema_.find(field.type_name);
        // Maps and what is in them have the older form always.
        const bool is_of_map = message.is_map_entry || (field.message != nullptr && field.message->is_map_entry);
        if (field.type == FieldType::kMessage && field.is_delimited && !is_of_map) field.type = FieldType::kGroup;
        if (field.type != FieldType::kEnum) continue;
        const auto found = schema_.enums_.find(field.type_name);
        if (found != schema_.enums_.end()) field.enumeration = &found->second;
      }
    }
  }

 private:
  static constexpr int kDeepest = 64;

  static bool is_message(const Field& field, uint32_t number) {
    return field.number == number && field.type == WireType::kLength;
  }

  // Sets what a FeatureSet says.
  static bool read_features(Text features, ProtobufFeatures* known) {
    return each_field(features, [&](const Field& field) {
      if (field.type != WireType::kVarint) return true;
      if (field.number == 1) known->has_implicit_presence = field.bits == 2;
      if (field.number == 2) known->has_closed_enums = field.bits == 2;
      if (field.number == 5) known->is_delimited = field.bits == 2;
      return true;
    });
  }
  // The features in the options of a file, message, field, oneof or enum, where they have this number.
  static bool read_options(Text options, uint32_t number, ProtobufFeatures* known) {
    return each_field(
        options, [&](const Field& field) { return !is_message(field, number) || read_features(field.bytes, known); });
  }

  bool read_file(Text file) {
    std::string package;
    Text syntax;
    Text options;
    if (!each_field(file, [&](const Field& field) {
          if (is_message(field, 2)) package = field.bytes;
          if (is_message(field, 12)) syntax = field.bytes;
          if (is_message(field, 8)) options = field.bytes;
          return true;
        })) {
      return false;
    }
    ProtobufFeatures features;
    features.has_implicit_presence = syntax == "proto3";
    features.has_closed_enums = syntax.empty() || syntax == "proto2";
    if (!read_options(options, 50, &features)) return false;
    const std::string prefix = package.empty() ? "" : package + ".";
    return each_field(file, [&](const Field& field) {
      if (is_message(field, 4)) return read_message(field.bytes, prefix, features, 0);
      if (is_message(field, 7)) return read_extension(field.bytes, features);
      return !is_message(field, 5) || read_enum(field.bytes, prefix, features);
    });
  }

  bool read_message(Text descriptor, const std::string& prefix, ProtobufFeatures features, int depth) {
    if (depth > kDeepest) return false;
    ProtobufMessage message;
    Text options;
    std::vector<ProtobufFeatures> oneofs;
    if (!each_field(descriptor, [&](const Field& field) {
          if (is_message(field, 1)) message.name = prefix + std::string(field.bytes);
          if (is_message(field, 7)) options = field.bytes;
          return true;
        })) {
      return false;
    }
    if (!each_field(options, [&](const Field& field) {
          if (field.number == 7 && field.type == WireType::kVarint) message.is_map_entry = field.bits != 0;
          return !is_message(field, 12) || read_features(field.bytes, &features);
        })) {
      return false;
    }
    const std::string inner = message.name + ".";
    if (!each_field(descriptor, [&](const Field& field) {
          if (is_message(field, 2)) return read_field(field.bytes, features, &message.fields.emplace_back());
          if (is_message(field, 6)) return read_extension(field.bytes, features);
          if (is_message(field, 3)) return read_message(field.bytes, inner, features, depth + 1);
          return !is_message(field, 4) || read_enum(field.bytes, inner, features);
        })) {
      return false;
    }
    std::string name = message.name;
    schema_.messages_.insert_or_assign(std::move(name), std::move(message));
    return true;
  }

  // A field of a message that is declared elsewhere; it always has presence.
  bool read_extension(Text descriptor, ProtobufFeatures features) {
    std::string extended;
    if (!each_field(descriptor, [&](const Field& field) {
          if (is_message(field, 2)) extended = field.bytes.substr(field.bytes.starts_with('.') ? 1 : 0);
          return true;
        })) {
      return false;
    }
    ProtobufField field;
    if (!read_field(descriptor, features, &field)) return false;
    field.has_presence = !field.is_repeated;
    extensions_[std::move(extended)].push_back(std::move(field));
    return true;
  }

  // An extension is known by its last name, where no field of the message and no other extension has it.
  void add_extensions() {
    for (auto& [name, extensions] : extensions_) {
      const auto found = schema_.messages_.find(name);
      if (found == schema_.messages_.end()) continue;
      std::vector<ProtobufField>& fields = found->second.fields;
      std::map<std::string_view, int> uses;
      for (const ProtobufField& field : fields) ++uses[field.name];
      for (const ProtobufField& extension : extensions) ++uses[extension.name];
      std::vector<ProtobufField> added;
      for (const ProtobufField& extension : extensions) {
        if (uses[extension.name] == 1) added.push_back(extension);
      }
      fields.insert(fields.end(), added.begin(), added.end());
    }
  }

  bool read_field(Text descriptor, ProtobufFeatures features, ProtobufField* read) {
    ProtobufField& result = *read;
    uint64_t type = 0;
    if (!each_field(descriptor, [&](const Field& field) {
          if (is_message(field, 1)) result.name = field.bytes;
          if (is_message(field, 6)) result.type_name = field.bytes.substr(field.bytes.starts_with('.') ? 1 : 0);
          if (is_message(field, 7)) result.default_value = std::string(field.bytes);
          if (is_message(field, 8)) return read_options(field.bytes, 21, &features);
          if (field.type != WireType::kVarint) return true;
          if (field.number == 3) result.number = static_cast<uint32_t>(field.bits);
          if (field.number == 4) result.is_repeated = field.bits == 3;
          if (field.number == 5) type = field.bits;
          if (field.number == 9) result.oneof = static_cast<int32_t>(field.bits);
          return true;
        })) {
      return false;
    }
    if (type < 1 || type > 18) return false;
    result.type = static_cast<FieldType>(type);
    result.is_delimited = features.is_delimited;
    result.has_presence =
        !result.is_repeated && (result.is_message() || result.oneof >= 0 || !features.has_implicit_presence);
    return true;
  }

  bool read_enum(Text descriptor, const std::string& prefix, ProtobufFeatures features) {
    ProtobufEnum result;
    std::string name;
    if (!each_field(descriptor, [&](const Field& field) {
          if (is_message(field, 1)) name = prefix + std::string(field.bytes);
          if (is_message(field, 3)) return read_options(field.bytes, 7, &features);
          if (!is_message(field, 2)) return true;
          std::pair<int32_t, std::string> value{0, ""};
          const bool is_value = each_field(field.bytes, [&](const Field& part) {
            if (is_message(part, 1)) value.second = part.bytes;
            if (part.number == 2 && part.type == WireType::kVarint) value.first = static_cast<int32_t>(part.bits);
            return true;
          });
          result.values.push_back(std::move(value));
          return is_value;
        })) {
      return false;
    }
    result.is_closed = features.has_closed_enums;
    if (!result.values.empty()) result.first = result.values[0].first;
    std::stable_sort(result.values.begin(), result.values.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    schema_.enums_.insert_or_assign(std::move(name), std::move(result));
    return true;
  }

  ProtobufSchema& schema_;
  // By the name of the message that they extend.
  std::map<std::string, std::vector<ProtobufField>> extensions_;
};

const std::string* ProtobufEnum::name_of(int32_t number) const {
  const auto found = std::lower_bound(values.begin(), values.end(), number,
                                      [](const auto& value, int32_t wanted) { return value.first < wanted; });
  return found != values.end() && found->first == number ? &found->second : nullptr;
}

std::string ProtobufField::text() const {
  if (message != nullptr && message->is_map_entry) {
    const ProtobufField* const key = message->find("key");
    const ProtobufField* const value = message->find("value");
    if (key != nullptr && value != nullptr) return "map<" + key->text() + ", " + value->text() + ">";
  }
  return (is_repeated ? "repeated " : "") + (type_name.empty() ? std::string(type_word(type)) : type_name);
}

const ProtobufField* ProtobufMessage::find(std::string_view field_name) const {
  for (const ProtobufField& field : fields) {
    if (field.name == field_name) return &field;
  }
  return nullptr;
}

Status ProtobufSchema::read(std::string_view descriptor_set) {
  DescriptorReader reader(this);
  if (!reader.read_set(descriptor_set)) {
    return Status::error(ErrorCode::kInvalidArgument,
                         "The descriptors are not a google.protobuf.FileDescriptorSet. `protoc --include_imports "
                         "--descriptor_set_out=shop.pb shop.proto` makes one.");
  }
  reader.link();
  return Status::success();
}

const ProtobufMessage* ProtobufSchema::find(std::string_view name) const {
  const auto found = messages_.find(name);
  return found == messages_.end() ? nullptr : &found->second;
}

std::string ProtobufSchema::message_names() const {
  std::string names;
  for (const auto& [name, message] : messages_) {
    if (message.is_map_entry) continue;
    if (names.size() > 300) return names + ", ...";
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

}  // namespace feature_extractor
