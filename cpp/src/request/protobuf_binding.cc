#include "request/protobuf_binding.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "feature_extractor/number_text.h"

namespace feature_extractor {
namespace {

using Type = DeclaredType::Kind;
using FieldType = ProtobufField::Type;

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
        if (field.type == FieldType::kGroup) other.wire = protobuf::WireType::kStartGroup;
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
    const bool has_elements = type.kind == Type::kList || type.kind == Type::kMap;
    const Type element = has_elements ? type.children.back().kind : Type::kInt;
    const bool is_nested = element == Type::kList || element == Type::kVector || element == Type::kMap;
    const std::string reason =
        field.is_message() && field.message == nullptr
            ? "The descriptors do not have this message: make them with `protoc --include_imports`."
        : is_nested ? "Protocol Buffers have no lists in lists: declare the inner one as a field of a struct, which is "
                      "a message."
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
    if (field.type == FieldType::kGroup) node.wire = protobuf::WireType::kStartGroup;
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
    const std::optional<FieldType> wrapped = field.is_message() ? wrapped_type(field.type_name) : std::nullopt;
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
        if (field.is_message() && field.type_name == (type.kind == Type::kTimestamp ? "google.protobuf.Timestamp"
                                                                                    : "google.protobuf.Duration")) {
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
        if (!field.is_message() || field.message == nullptr) return wrong;
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

}  // namespace

Status bind_message(const ProtobufMessage& message, TableWriter& table, const char* domain, MessageNode* node) {
  return ProtobufBinder().bind(message, table, domain, node);
}

}  // namespace feature_extractor
