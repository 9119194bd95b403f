// Requests in Protocol Buffers, written into columns as their fields come. What is in a message is known from its descriptor.
#include <algorithm>
#include <deque>
#include <optional>

#include "request/key_places.h"
#include "request/protobuf_binding.h"
#include "request/request_reader.h"

namespace feature_extractor {
namespace {

using protobuf::WireType;
using Wire = protobuf::Field;
using FieldType = ProtobufField::Type;

// The type of a key's column. Of a message and a map there is none.
std::optional<DeclaredType> type_of_key(const ProtobufField& field) {
  using Kind = DeclaredType::Kind;
  DeclaredType type;
  type.nullable = true;
  switch (field.type) {
    case FieldType::kDouble:
    case FieldType::kFloat:
      type.kind = Kind::kFloat;
      break;
    case FieldType::kBool:
      type.kind = Kind::kBool;
      break;
    case FieldType::kString:
      type.kind = Kind::kString;
      break;
    case FieldType::kBytes:
      type.kind = Kind::kBytes;
      break;
    case FieldType::kGroup:
    case FieldType::kMessage:
      return std::nullopt;
    default:
      type.kind = Kind::kInt;
      break;
  }
  if (!field.is_repeated) return type;
  DeclaredType list;
  list.kind = Kind::kList;
  type.nullable = false;
  list.children.push_back(std::move(type));
  return list;
}

class ProtobufReader final : public RequestReader {
 public:
  ProtobufReader(const Extractor& extractor, const RequestLimits& limits, const LeftOutInputs& left_out)
      : RequestReader(extractor, limits, left_out) {}

  Status bind(const ProtobufSchema& schema, std::string_view name, std::string_view candidates,
              const std::vector<std::string>& keys) {
    const ProtobufMessage* const message = schema.find(name);
    if (message == nullptr) {
      return Status::error(ErrorCode::kNotFound, "The descriptors have no message " + std::string(name) +
                                                     ". They have: " + schema.message_names() + ".");
    }
    add_keys(*message, keys, &requests_);
    if (Status status = bind_message(*message, requests_, "request", &request_); !status.ok()) return status;
    if (!has_candidates()) return Status::success();
    const ProtobufField* const field = message->find(candidates);
    if (field == nullptr || !field->is_repeated || !field->is_message() || field->message == nullptr ||
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
    if (field->type == FieldType::kGroup) node.wire = WireType::kStartGroup;
    node.message = std::make_unique<MessageNode>();
    add_keys(*field->message, keys, &candidates_);
    return bind_message(*field->message, candidates_, "candidate", node.message.get());
  }

 private:
  using Shape = FieldNode::Shape;
  using Value = FieldNode::Value;

  // Columns for keys that are no inputs, or are inputs that no feature reads.
  void add_keys(const ProtobufMessage& message, const std::vector<std::string>& keys, TableWriter* table) {
    for (const std::string& key : keys) {
      bool is_there = false;
      for (size_t c = 0; c < table->column_count(); ++c) is_there = is_there || table->column(c).name() == key;
      const ProtobufField* const field = message.find(key);
      std::optional<DeclaredType> type = is_there || field == nullptr ? std::nullopt : type_of_key(*field);
      if (type.has_value()) table->add(key, key_types_.emplace_back(*std::move(type)));
    }
  }

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
        return wire.type != field.wire || candidate(field, wire.bytes);
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
        if (wire.type != field.wire) return false;
        field.bytes = wire.bytes;
        break;
      case Value::kStruct:
      case Value::kInstant:
      case Value::kWrapped:
        if (wire.type != field.wire) return false;
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
    if (wire.type != field.wire) return true;
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

  std::deque<DeclaredType> key_types_;  // Columns refer to them.
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
                  const RequestLimits& limits, FetchedFields fetched)
      : RequestDecoder(std::move(extractor)),
        message_(message),
        candidates_(candidates),
        limits_(limits),
        fetched_(std::move(fetched)) {}

  Status read(std::string_view descriptor_set) {
    if (Status status = schema_.read(descriptor_set); !status.ok()) return status;
    leave_out(request_message(), kRequestDomain, &left_out_.request);
    leave_out(candidate_message(), kCandidateDomain, &left_out_.candidate);
    return ProtobufReader(extractor(), limits_, left_out_).bind(schema_, message_, candidates_, fetched_.keys);
  }

  std::unique_ptr<RequestReader> new_reader() const override {
    auto reader = std::make_unique<ProtobufReader>(extractor(), limits_, left_out_);
    // It fits, as it did in read().
    (void)reader->bind(schema_, message_, candidates_, fetched_.keys).ok();
    return reader;
  }

  std::vector<std::string> request_fields() const override { return fields(request_message()); }
  std::vector<std::string> candidate_fields() const override { return fields(candidate_message()); }

 private:
  const ProtobufMessage* request_message() const { return schema_.find(message_); }

  const ProtobufMessage* candidate_message() const {
    const ProtobufMessage* const message = request_message();
    const ProtobufField* const field = message == nullptr ? nullptr : message->find(candidates_);
    return field == nullptr ? nullptr : field->message;
  }

  static std::vector<std::string> fields(const ProtobufMessage* message) {
    std::vector<std::string> names;
    if (message == nullptr) return names;
    for (const ProtobufField& field : message->fields) names.push_back(field.name);
    return names;
  }

  // The fetched inputs that a message has no field for. Whether the message is there at all is told when it is bound.
  void leave_out(const ProtobufMessage* message, int domain, std::vector<std::string>* left_out) const {
    if (message == nullptr) return;
    for (const InputDeclaration& input : extractor().plan().inputs) {
      if (input.domain != domain || message->find(input.name) != nullptr) continue;
      const auto& inputs = fetched_.inputs;
      if (std::find(inputs.begin(), inputs.end(), input.name) != inputs.end()) left_out->push_back(input.name);
    }
  }

  ProtobufSchema schema_;
  const std::string message_;
  const std::string candidates_;
  const RequestLimits limits_;
  const FetchedFields fetched_;
  LeftOutInputs left_out_;
};

}  // namespace

StatusOr<std::shared_ptr<const RequestDecoder>> make_protobuf_decoder(
    std::shared_ptr<const Extractor> extractor, std::string_view descriptor_set, std::string_view message,
    std::string_view candidates, const RequestLimits& limits, FetchedFields fetched) {
  auto decoder =
      std::make_shared<ProtobufDecoder>(std::move(extractor), message, candidates, limits, std::move(fetched));
  if (Status status = decoder->read(descriptor_set); !status.ok()) return status;
  return std::shared_ptr<const RequestDecoder>(std::move(decoder));
}

}  // namespace feature_extractor
