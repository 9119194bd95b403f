// Requests in Protocol Buffers, written into columns as their fields come. What is in a message is known from its descriptor.
#include <charconv>
#include <cmath>

#include "feature_extractor/number_text.h"
#include "feature_extractor/protobuf.h"
#include "request/key_places.h"
#include "request/protobuf_schema.h"
#include "request/request_reader.h"

namespace feature_extractor {
namespace {

using protobuf::WireType;
using Wire = protobuf::Field;
using Type = DeclaredType::Kind;
using FieldType = ProtobufField::Type;

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

const char* integer_name(FieldType type) {
  switch (type) {
    case FieldType::kInt32:
      return "int32";
    case FieldType::kInt64:
      return "int64";
    case FieldType::kUint32:
      return "uint32";
    case FieldType::kUint64:
      return "uint64";
    case FieldType::kSint32:
      return "sint32";
    case FieldType::kSint64:
      return "sint64";
    case FieldType::kFixed32:
      return "fixed32";
    case FieldType::kFixed64:
      return "fixed64";
    case FieldType::kSfixed32:
      return "sfixed32";
    case FieldType::kSfixed64:
      return "sfixed64";
    case FieldType::kEnum:
      return "enum";
    default:
      return nullptr;
  }
}

// The type of the value in one of Google's wrappers, such as google.protobuf.Int32Value.
std::optional<FieldType> wrapped_type(std::string_view name) {
  constexpr std::string_view kPrefix = "google.protobuf.";
  if (!name.starts_with(kPrefix)) return std::nullopt;
  static constexpr std::pair<std::string_view, FieldType> kWrappers[] = {
      {"DoubleValue", FieldType::kDouble}, {"FloatValue", FieldType::kFloat},   {"Int64Value", FieldType::kInt64},
      {"UInt64Value", FieldType::kUint64}, {"Int32Value", FieldType::kInt32},   {"UInt32Value", FieldType::kUint32},
      {"BoolValue", FieldType::kBool},     {"StringValue", FieldType::kString}, {"BytesValue", FieldType::kBytes}};
  for (const auto& [wrapper, type] : kWrappers) {
    if (name.substr(kPrefix.size()) == wrapper) return type;
  }
  return std::nullopt;
}

// The default of bytes is written with C's escapes in a descriptor.
std::string without_escapes(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      bytes += text[i];
      continue;
    }
    const char c = text[++i];
    if (c >= '0' && c <= '7') {
      unsigned value = 0;
      size_t digits = 0;
      for (; digits < 3 && i < text.size() && text[i] >= '0' && text[i] <= '7'; ++digits, ++i) {
        value = value * 8 + static_cast<unsigned>(text[i] - '0');
      }
      --i;
      bytes += static_cast<char>(value);
    } else {
      bytes += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
    }
  }
  return bytes;
}

// Finds the fields of a message for the columns, and says where they do not fit.
class ProtobufBinder {
 public:
  Status bind(const ProtobufMessage& message, TableWriter& table, const char* domain, MessageNode* node) {
    node->name = message.name;
    for (size_t i = 0; i < table.column_count(); ++i) {
      ColumnWriter& writer = table.column(i);
      const ProtobufField* const field = message.find(writer.name());
      if (field == nullptr) return missing(message, writer, std::string(domain) + " input");
      if (Status status = bind_field(*field, message, writer, node); !status.ok()) return status;
    }
    add_oneofs(message, node);
    return Status::success();
  }

  // Fields that end others: those of a oneof of which some other field is read.
  static void add_oneofs(const ProtobufMessage& message, MessageNode* node) {
    const size_t bound = node->fields.size();
    for (const ProtobufField& field : message.fields) {
      bool is_bound = false;
      bool shares_oneof = false;
      for (size_t i = 0; i < bound; ++i) {
        is_bound = is_bound || node->fields[i].number == field.number;
        shares_oneof = shares_oneof || (field.oneof >= 0 && node->fields[i].oneof == field.oneof);
      }
      if (is_bound || !shares_oneof) continue;
      FieldNode& other = node->fields.emplace_back();
      other.number = field.number;
      other.oneof = field.oneof;
      if (field.enumeration != nullptr && field.enumeration->is_closed) other.enumeration = field.enumeration;
      if (field.type == FieldType::kFloat || field.type == FieldType::kDouble) {
        other.value = FieldNode::Value::kReal;
        other.is_double = field.type == FieldType::kDouble;
      } else if (field.type == FieldType::kBool) {
        set_integer(FieldType::kBool, &other);
      } else if (integer_name(field.type) != nullptr) {
        set_integer(field.type, &other);
      } else {
        other.value = FieldNode::Value::kText;
      }
    }
  }

 private:
  using Value = FieldNode::Value;
  using Shape = FieldNode::Shape;

  static void set_integer(FieldType type, FieldNode* node) {
    node->value = type == FieldType::kBool ? Value::kBool : Value::kInt;
    node->integer = protobuf::IntType::of(type == FieldType::kBool ? "bool" : integer_name(type));
  }

  static Status missing(const ProtobufMessage& message, const ColumnWriter& writer, const std::string& what) {
    std::string present;
    for (const ProtobufField& field : message.fields) {
      if (present.size() < 300) present += (present.empty() ? "" : ", ") + field.name;
    }
    return Status::error(ErrorCode::kInvalidArgument, "Message " + message.name + " has no field `" + writer.name() +
                                                          "`, which the program declares as a " + what + " of type " +
                                                          writer.type().text() + ". It has: " + present + ".");
  }

  static Status mismatch(const ProtobufField& field, const ProtobufMessage& message, const DeclaredType& type) {
    const std::string reason =
        field.type == FieldType::kGroup ? "Messages that are written as groups are not read."
        : field.type == FieldType::kMessage && field.message == nullptr
            ? "The descriptors do not have this message: make them with `protoc --include_imports`."
            : "Change the message, or the declaration in the program.";
    return Status::error(ErrorCode::kInvalidArgument,
                         "Field `" + field.name + "` of message " + message.name + " is of type " + field.text() +
                             ", but the program declares it as " + type.text() + ". " + reason);
  }

  Status bind_field(const ProtobufField& field, const ProtobufMessage& message, ColumnWriter& writer,
                    MessageNode* parent) {
    FieldNode& node = parent->fields.emplace_back();
    node.name = field.name;
    node.number = field.number;
    node.oneof = field.oneof;
    node.has_presence = field.has_presence;
    node.writer = &writer;
    const DeclaredType& type = writer.type();
    const bool is_map = field.message != nullptr && field.message->is_map_entry;
    if (type.kind == Type::kMap) {
      const ProtobufField* const key = is_map ? field.message->find("key") : nullptr;
      const ProtobufField* const value = is_map ? field.message->find("value") : nullptr;
      if (key == nullptr || value == nullptr) return mismatch(field, message, type);
      node.shape = Shape::kMap;
      node.message = std::make_unique<MessageNode>();
      node.message->name = field.message->name;
      for (const size_t part : {0, 1}) {
        const ProtobufField& entry = part == 0 ? *key : *value;
        if (!bind_field(entry, *field.message, writer.child(part), node.message.get()).ok()) {
          return mismatch(field, message, type);
        }
        node.message->fields.back().has_presence = false;
        node.message->fields.back().is_default_message = true;
      }
      return Status::success();
    }
    const bool is_many = type.kind == Type::kList || type.kind == Type::kVector;
    if (field.is_repeated != is_many) return mismatch(field, message, type);
    node.shape = type.kind == Type::kList ? Shape::kList : is_many ? Shape::kVector : Shape::kOne;
    return bind_value(field, message, type, node.values(), &node);
  }

  Status bind_value(const ProtobufField& field, const ProtobufMessage& message, const DeclaredType& declared,
                    ColumnWriter& writer, FieldNode* node) {
    const DeclaredType& type = writer.type();
    const Status wrong = mismatch(field, message, declared);
    const std::optional<FieldType> wrapped =
        field.type == FieldType::kMessage ? wrapped_type(field.type_name) : std::nullopt;
    if (wrapped.has_value() && type.is_scalar()) {
      ProtobufField inner;
      inner.name = "value";
      inner.number = 1;
      inner.type = *wrapped;
      node->value = Value::kWrapped;
      node->message = std::make_unique<MessageNode>();
      node->message->name = field.type_name;
      FieldNode& value = node->message->fields.emplace_back();
      value.number = 1;
      value.writer = &writer;
      return bind_value(inner, message, type, writer, &value).ok() ? Status::success() : wrong;
    }
    const bool is_integer = integer_name(field.type) != nullptr;
    const bool is_unsigned = field.type == FieldType::kUint64 || field.type == FieldType::kFixed64;
    switch (type.kind) {
      case Type::kBool:
        if (field.type != FieldType::kBool) return wrong;
        set_integer(field.type, node);
        node->default_int = field.default_value == "true";
        return Status::success();
      case Type::kInt:
        if (!is_integer) return wrong;
        if (is_unsigned) writer.make_unsigned();
        set_default_int(field, node);
        break;
      case Type::kFloat:
      case Type::kVector:
        if (type.kind == Type::kVector && node->shape != Shape::kVector)
          return wrong;  // In a list: there is no such form.
        if (is_integer && field.type != FieldType::kEnum) {
          set_default_int(field, node);
          node->value = Value::kRealOfInt;
          return Status::success();
        }
        if (field.type != FieldType::kFloat && field.type != FieldType::kDouble) return wrong;
        node->value = Value::kReal;
        node->is_double = field.type == FieldType::kDouble;
        if (field.default_value.has_value()) node->default_real = real_of(*field.default_value);
        break;
      case Type::kString:
      case Type::kBytes:
        if (field.type == FieldType::kEnum && type.kind == Type::kString) {
          set_default_int(field, node);
          node->value = Value::kEnumName;
          node->enumeration = field.enumeration;
          return node->enumeration != nullptr ? Status::success() : wrong;
        }
        if (field.type != FieldType::kString && !(field.type == FieldType::kBytes && type.kind == Type::kBytes)) {
          return wrong;
        }
        node->value = Value::kText;
        if (field.default_value.has_value()) {
          node->default_text =
              field.type == FieldType::kBytes ? without_escapes(*field.default_value) : *field.default_value;
        }
        break;
      case Type::kTimestamp:
      case Type::kDuration:
        if (field.type == FieldType::kMessage &&
            field.type_name ==
                (type.kind == Type::kTimestamp ? "google.protobuf.Timestamp" : "google.protobuf.Duration")) {
          node->value = Value::kInstant;
          node->message = std::make_unique<MessageNode>();
          node->message->name = field.type_name;
          for (const auto& [number, part] : {std::pair{1U, FieldType::kInt64}, std::pair{2U, FieldType::kInt32}}) {
            FieldNode& inner = node->message->fields.emplace_back();
            inner.number = number;
            set_integer(part, &inner);
          }
          return Status::success();
        }
        if (!is_integer || is_unsigned || field.type == FieldType::kEnum) return wrong;
        set_default_int(field, node);
        break;
      case Type::kStruct: {
        if (field.type != FieldType::kMessage || field.message == nullptr) return wrong;
        node->value = Value::kStruct;
        node->message = std::make_unique<MessageNode>();
        node->message->name = field.message->name;
        for (size_t f = 0; f < writer.child_count(); ++f) {
          const ProtobufField* const inner = field.message->find(writer.child(f).name());
          if (inner == nullptr) return missing(*field.message, writer.child(f), "field of `" + field.name + "`");
          Status status = bind_field(*inner, *field.message, writer.child(f), node->message.get());
          if (!status.ok()) return status;
        }
        add_oneofs(*field.message, node->message.get());
        break;
      }
      default:
        return wrong;
    }
    return Status::success();
  }

  static void set_default_int(const ProtobufField& field, FieldNode* node) {
    set_integer(field.type, node);
    if (field.type == FieldType::kEnum) {
      if (field.enumeration == nullptr) return;
      if (field.enumeration->is_closed) node->enumeration = field.enumeration;
      node->default_int = field.enumeration->first;
      for (const auto& [number, name] : field.enumeration->values) {
        if (field.default_value == name) node->default_int = number;
      }
      return;
    }
    if (!field.default_value.has_value()) return;
    const std::string& digits = *field.default_value;
    uint64_t unsigned_value = 0;
    const Nullable<int64_t> value = read_int(digits);
    if (value.has_value()) {
      node->default_int = *value;
    } else if (std::from_chars(digits.data(), digits.data() + digits.size(), unsigned_value).ec == std::errc()) {
      node->default_int = static_cast<int64_t>(unsigned_value);
    }
  }

  static double real_of(const std::string& text) {
    if (text == "inf" || text == "-inf" || text == "nan")
      return text == "nan" ? NAN : text == "inf" ? INFINITY : -INFINITY;
    const Nullable<double> value = read_float(text);
    return value.has_value() ? *value : 0.0;
  }
};

class ProtobufReader final : public RequestReader {
 public:
  ProtobufReader(const Extractor& extractor, const RequestLimits& limits) : RequestReader(extractor, limits) {}

  Status bind(const ProtobufSchema& schema, std::string_view name, std::string_view candidates) {
    const ProtobufMessage* const message = schema.find(name);
    if (message == nullptr) {
      return Status::error(ErrorCode::kNotFound, "The descriptors have no message " + std::string(name) +
                                                     ". They have: " + schema.message_names() + ".");
    }
    ProtobufBinder binder;
    if (Status status = binder.bind(*message, requests_, "request", &request_); !status.ok()) return status;
    if (!has_candidates()) return Status::success();
    const ProtobufField* const field = message->find(candidates);
    if (field == nullptr || !field->is_repeated || field->type != FieldType::kMessage || field->message == nullptr ||
        field->message->is_map_entry) {
      const std::string what = field == nullptr ? "no field `" + std::string(candidates) + "`"
                                                : "a field `" + field->name + "` of type " + field->text();
      return Status::error(ErrorCode::kInvalidArgument,
                           "Message " + message->name + " has " + what +
                               "; the candidates must be a repeated message, whose descriptor is there. The argument "
                               "`candidates` names its field.");
    }
    for (FieldNode& node : request_.fields) {
      if (node.number == field->number) {
        return Status::error(ErrorCode::kInvalidArgument,
                             "Field `" + field->name + "` is a request input and cannot be the candidates, too.");
      }
    }
    FieldNode& node = request_.fields.emplace_back();
    node.name = field->name;
    node.number = field->number;
    node.shape = FieldNode::Shape::kCandidates;
    node.message = std::make_unique<MessageNode>();
    return binder.bind(*field->message, candidates_, "candidate", node.message.get());
  }

 private:
  using Shape = FieldNode::Shape;
  using Value = FieldNode::Value;

  Status read_message(Text message) override {
    path_.clear();
    is_limit_ = false;
    if (scan(request_, {&message, 1}) && write(request_)) {
      end_request();
      return Status::success();
    }
    if (is_limit_) return too_many_candidates();
    Text path = path_;
    if (path.starts_with('.')) path.remove_prefix(1);
    return Status::error(
        ErrorCode::kInvalidArgument,
        "Request " + std::to_string(request_count()) +
            (path.empty() ? std::string() : ", `" + std::string(path) + "`") +
            (failed_at_ == nullptr ? std::string() : ", byte " + std::to_string(failed_at_ - message.data())) + ": " +
            reason_ + ".");
  }

  // ---- reading ---------------------------------------------------------------------------------------------

  // Reads all fields of a message, which may come in parts. Repeated fields are written as they come, of others the last is kept.
  bool scan(MessageNode& node, std::span<const Text> parts) {
    for (FieldNode& field : node.fields) {
      field.is_present = false;
      field.bits = 0;
      field.parts.clear();
    }
    node.last = 0;
    for (const Text part : parts) {
      protobuf::Reader reader(part);
      while (!reader.is_at_end()) {
        const char* const begin = reader.place();
        Wire wire;
        if (!reader.read(wire)) return fail(begin, "the bytes are no message " + node.name);
        FieldNode* const field = node.find(wire.number);
        if (field != nullptr && !take(node, *field, wire)) return false;
      }
    }
    return true;
  }

  // One field of the wire. Another wire type than that of the descriptor is passed over like an unknown field.
  bool take(MessageNode& node, FieldNode& field, const Wire& wire) {
    switch (field.shape) {
      case Shape::kOne:
        if (keep(field, wire)) end_others(node, field);
        return true;
      case Shape::kMap:
        if (wire.type == WireType::kLength) field.parts.push_back(wire.bytes);
        return true;
      case Shape::kCandidates:
        return wire.type != WireType::kLength || candidate(field, wire.bytes);
      case Shape::kList:
      case Shape::kVector:
        return element(field, wire);
    }
    return true;
  }

  // A oneof holds the member that came last.
  static void end_others(MessageNode& node, const FieldNode& field) {
    if (field.oneof < 0) return;
    for (FieldNode& other : node.fields) {
      if (other.oneof != field.oneof || &other == &field) continue;
      other.is_present = false;
      other.parts.clear();
    }
  }

  static bool is_known(const FieldNode& field, uint64_t bits) {
    return field.enumeration == nullptr || !field.enumeration->is_closed ||
           field.enumeration->name_of(static_cast<int32_t>(field.integer.value(bits))) != nullptr;
  }

  static bool keep(FieldNode& field, const Wire& wire) {
    switch (field.value) {
      case Value::kBool:
      case Value::kInt:
      case Value::kRealOfInt:
      case Value::kEnumName:
        if (wire.type != field.integer.type || !is_known(field, wire.bits)) return false;
        field.bits = wire.bits;
        break;
      case Value::kReal:
        if (wire.type != (field.is_double ? WireType::kFixed64 : WireType::kFixed32)) return false;
        field.bits = wire.bits;
        break;
      case Value::kText:
        if (wire.type != WireType::kLength) return false;
        field.bytes = wire.bytes;
        break;
      case Value::kStruct:
      case Value::kInstant:
      case Value::kWrapped:
        if (wire.type != WireType::kLength) return false;
        field.parts.push_back(wire.bytes);
        break;
    }
    field.is_present = true;
    return true;
  }

  // One or, packed, several values of a list or a vector.
  bool element(FieldNode& field, const Wire& wire) {
    ColumnWriter& writer = field.values();
    const char* const begin = wire.bytes.data();
    switch (field.value) {
      case Value::kBool:
      case Value::kInt:
      case Value::kRealOfInt:
      case Value::kEnumName:
        return field.integer.for_each_value(wire, [&](int64_t value) {
          if (is_known(field, static_cast<uint64_t>(value))) add_int(field, writer, value);
        }) || (fail(begin, "its packed values end too soon") || within("." + field.name));
      case Value::kReal:
        return protobuf::for_each_float(wire, field.is_double, [&](double value) { add_real(field, writer, value); }) ||
               (fail(begin, "its packed values end too soon") || within("." + field.name));
      default:
        break;
    }
    if (wire.type != WireType::kLength) return true;
    if (field.value == Value::kText) {
      writer.add_text(wire.bytes);
      return true;
    }
    ++field.bits;
    return nested(field, {&wire.bytes, 1}, writer) ||
           within("." + field.name + "[" + std::to_string(field.bits - 1) + "]");
  }

  bool candidate(FieldNode& field, Text bytes) {
    if (!add_candidates(1)) {
      is_limit_ = true;
      return false;
    }
    ++field.bits;
    return (scan(*field.message, {&bytes, 1}) && write(*field.message)) ||
           within("." + field.name + "[" + std::to_string(field.bits - 1) + "]");
  }

  // ---- writing ---------------------------------------------------------------------------------------------

  // Writes what scan() has kept: a value into the column of each field.
  bool write(MessageNode& node) {
    for (FieldNode& field : node.fields) {
      if (field.writer == nullptr) continue;
      bool is_written = true;
      switch (field.shape) {
        case Shape::kOne:
          is_written = one(field);
          break;
        case Shape::kList:
          field.writer->end_list();
          break;
        case Shape::kVector:
          // A repeated field does not say whether it is absent.
          if (field.bits == 0 && field.writer->type().nullable) {
            field.writer->add_null();
          } else {
            field.writer->end_vector();
          }
          break;
        case Shape::kMap:
          is_written = map(field);
          break;
        case Shape::kCandidates:
          break;
      }
      if (!is_written) return within("." + field.name);
    }
    return true;
  }

  bool one(FieldNode& field) {
    ColumnWriter& writer = *field.writer;
    const bool is_message = field.message != nullptr;
    if (!field.is_present && !field.is_default_message && (field.has_presence || is_message)) {
      if (writer.type().nullable) {
        writer.add_null();
        return true;
      }
      if (is_message) return fail(nullptr, "the field of type " + writer.type().text() + " is missing");
    }
    if (is_message) return nested(field, field.parts, writer);
    switch (field.value) {
      case Value::kReal:
        add_real(field, writer,
                 field.is_present ? protobuf::float_of(field.bits, field.is_double) : field.default_real);
        break;
      case Value::kText:
        writer.add_text(field.is_present ? field.bytes : Text(field.default_text));
        break;
      default:
        add_int(field, writer, field.is_present ? field.integer.value(field.bits) : field.default_int);
        break;
    }
    return true;
  }

  bool nested(FieldNode& field, std::span<const Text> parts, ColumnWriter& writer) {
    MessageNode& message = *field.message;
    if (!scan(message, parts)) return false;
    if (field.value == Value::kWrapped) return one(message.fields[0]);
    if (field.value == Value::kInstant) {
      add_instant(message.fields[0], message.fields[1], writer);
      return true;
    }
    if (!write(message)) return false;
    writer.end_struct();
    return true;
  }

  static void add_int(FieldNode& field, ColumnWriter& writer, int64_t value) {
    switch (field.value) {
      case Value::kBool:
        writer.add_bool(value != 0);
        break;
      case Value::kEnumName: {
        const std::string* const name = field.enumeration->name_of(static_cast<int32_t>(value));
        if (name != nullptr) {
          writer.add_text(*name);
        } else {
          writer.add_null();
        }
        break;
      }
      case Value::kRealOfInt: {
        const bool is_large = field.integer.is_unsigned && field.integer.bits == 64;
        add_real(field, writer,
                 is_large ? static_cast<double>(static_cast<uint64_t>(value)) : static_cast<double>(value));
        break;
      }
      default:
        writer.add_int(value);
        break;
    }
  }

  static void add_real(FieldNode& field, ColumnWriter& writer, double value) {
    if (field.shape == Shape::kVector) {
      writer.add_number(static_cast<float>(value));
      ++field.bits;
    } else {
      writer.add_float(value);
    }
  }

  // Microseconds of seconds and nanoseconds, rounded towards minus infinity; null where 64 bits do not hold them.
  static void add_instant(const FieldNode& seconds, const FieldNode& nanos, ColumnWriter& writer) {
    const int64_t whole = seconds.is_present ? seconds.integer.value(seconds.bits) : 0;
    const int64_t part = nanos.is_present ? nanos.integer.value(nanos.bits) : 0;
    int64_t microseconds = 0;
    if (__builtin_mul_overflow(whole, int64_t{1'000'000}, &microseconds) ||
        __builtin_add_overflow(microseconds, part / 1000 - (part % 1000 < 0 ? 1 : 0), &microseconds)) {
      writer.add_null();
    } else {
      writer.add_int(microseconds);
    }
  }

  // Of a key that comes twice the later value counts.
  bool map(FieldNode& field) {
    MessageNode& entry = *field.message;
    FieldNode& key = entry.fields[0];
    FieldNode& value = entry.fields[1];
    size_t kept = 0;
    places_.begin(field.parts.size());
    arena_.reset();
    for (const Text part : field.parts) {
      if (!scan(entry, {&part, 1})) return false;
      // An entry whose value a closed enum does not know is an unknown field as a whole.
      if (!is_entry(value, part)) continue;
      const uint32_t place = places_.place_of(key_of(key));
      field.parts[place] = part;
      kept = place >= kept ? place + 1 : kept;
    }
    for (size_t i = 0; i < kept; ++i) {
      if (!scan(entry, {&field.parts[i], 1}) || !one(key) || !one(value)) return false;
    }
    field.writer->end_list();
    return true;
  }

  static bool is_entry(const FieldNode& value, Text part) {
    if (value.enumeration == nullptr || !value.enumeration->is_closed || value.is_present) return true;
    // The value is absent: because nothing was there, or a number that the enum does not have.
    protobuf::Reader reader(part);
    Wire wire;
    while (!reader.is_at_end() && reader.read(wire)) {
      if (wire.number == value.number && wire.type == WireType::kVarint) return false;
    }
    return true;
  }

  // Bytes that are equal where the keys are.
  Text key_of(const FieldNode& key) {
    if (key.value == Value::kText) return key.is_present ? key.bytes : Text();
    const int64_t number = key.is_present ? key.integer.value(key.bits) : 0;
    return arena_.copy(Text(reinterpret_cast<const char*>(&number), sizeof(number)));
  }

  // ---- errors ------------------------------------------------------------------------------------------------

  bool fail(const char* at, std::string reason) {
    failed_at_ = at;
    reason_ = std::move(reason);
    return false;
  }
  // The failure is one step further down.
  bool within(const std::string& step) {
    path_.insert(0, step);
    return false;
  }

  MessageNode request_;
  ChunkArena arena_;
  KeyPlaces places_;
  std::string path_;
  std::string reason_;
  const char* failed_at_ = nullptr;
  bool is_limit_ = false;
};

class ProtobufDecoder final : public RequestDecoder {
 public:
  ProtobufDecoder(std::shared_ptr<const Extractor> extractor, std::string_view message, std::string_view candidates,
                  const RequestLimits& limits)
      : RequestDecoder(std::move(extractor)), message_(message), candidates_(candidates), limits_(limits) {}

  Status read(std::string_view descriptor_set) {
    if (Status status = schema_.read(descriptor_set); !status.ok()) return status;
    return ProtobufReader(extractor(), limits_).bind(schema_, message_, candidates_);
  }

  std::unique_ptr<RequestReader> new_reader() const override {
    auto reader = std::make_unique<ProtobufReader>(extractor(), limits_);
    // It fits, as it did in read().
    (void)reader->bind(schema_, message_, candidates_).ok();
    return reader;
  }

 private:
  ProtobufSchema schema_;
  const std::string message_;
  const std::string candidates_;
  const RequestLimits limits_;
};

}  // namespace

StatusOr<std::shared_ptr<const RequestDecoder>> make_protobuf_decoder(std::shared_ptr<const Extractor> extractor,
                                                                      std::string_view descriptor_set,
                                                                      std::string_view message,
                                                                      std::string_view candidates,
                                                                      const RequestLimits& limits) {
  auto decoder = std::make_shared<ProtobufDecoder>(std::move(extractor), message, candidates, limits);
  if (Status status = decoder->read(descriptor_set); !status.ok()) return status;
  return std::shared_ptr<const RequestDecoder>(std::move(decoder));
}

}  // namespace feature_extractor
