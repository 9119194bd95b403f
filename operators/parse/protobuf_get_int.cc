// protobuf_get_int(message, path, type): an integer of a message of Protocol Buffers.
#include "feature_extractor/operator.h"
#include "feature_extractor/protobuf.h"

namespace feature_extractor {
namespace {

struct ProtobufGetInt {
  struct State {
    protobuf::Path path;
    protobuf::IntType type;
  };
  static std::optional<State> bind(Text path, Text type, BindError& error) {
    const std::optional<protobuf::Path> read = protobuf::Path::read(path, error);
    if (!read.has_value()) return std::nullopt;
    return State{*read, protobuf::IntType::of(type)};
  }
  static Nullable<int64_t> eval(const State& state, Bytes message) {
    const auto field = protobuf::last_field(state.path, message.value, state.type.type);
    if (!field.has_value()) return null;
    return state.type.value(field->bits);
  }
};

constexpr Operator kOperator = {
    .name = "protobuf_get_int",
    .summary = "Take one integer, bool or enum out of a message of Protocol Buffers",
    .detail =
        "`fields` has the numbers that the .proto file gives to the fields, from the outermost message inwards: "
        "`\"3.1\"` is field 1 of the message in field 3. No schema is needed. `type` is the type of the field in the "
        ".proto file, since int and sint are written in the same way. An `uint64` or `fixed64` keeps its 64 bits, as a "
        "signed int, like a hash; a bool is 0 or 1.",
    .parameters = {{"message", "a message in the wire format of Protocol Buffers"},
                   {"fields", "the numbers of the fields, with dots between them"},
                   {"type", "the type of the field in the .proto file"}},
    .overloads = {overload<"(message: bytes, fields: const string, type: const "
                           "string{\"int64\",\"int32\",\"uint64\",\"uint32\",\"sint64\",\"sint32\",\"fixed64\","
                           "\"fixed32\",\"sfixed64\",\"sfixed32\",\"bool\",\"enum\"} = \"int64\") -> int?",
                           ProtobufGetInt>()},
    .edges = {{"the bytes are no message, or end too soon; also behind the field", "null"},
              {"the field is not there",
               "null; in proto3 that is how 0, false and \"\" are written, so that `??` gives them"},
              {"the field, or a message on the path, is there several times",
               "the last value counts, as when messages are merged"},
              {"the field is written in another type", "it does not count, as for a parser that does not know it"},
              {"an `uint64` of 2^63 or more", "a negative int of the same bits"},
              {"an `int32` or `uint32` with more than 32 bits", "the lowest 32 of them"},
              {"a repeated field that is packed", "does not count: see `protobuf_list_int`"},
              {"groups", "are passed over, up to 32 levels deep"},
              {"`fields` is no such path", "an error when the program is compiled"}},
    .examples = {{"protobuf_get_int(b\"\\x08\\x96\\x01\", \"1\")", "150"},
                 {"protobuf_get_int(b\"\\x1A\\x03\\x08\\x96\\x01\", \"3.1\")", "150"},
                 {"protobuf_get_int(b\"\\x08\\x03\", \"1\", \"sint32\")", "-2"},
                 {"protobuf_get_int(b\"\\x08\", \"1\")", "null"}},
    .cost = {.per_row = 14.0, .per_element = 0.4},
    .aliases = "pb_get protobuf_field from_protobuf parse_protobuf proto_int pb_int",
    .see_also = "protobuf_get_float protobuf_get_string protobuf_list_int json_get_int",
    .source = "https://protobuf.dev/programming-guides/encoding/",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
