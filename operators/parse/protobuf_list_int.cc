// protobuf_list_int(message, path, type): the integers of a repeated field of a message of Protocol Buffers.
#include "feature_extractor/operator.h"
#include "feature_extractor/protobuf.h"

namespace feature_extractor {
namespace {

struct ProtobufListInt {
  struct State {
    protobuf::Path path;
    protobuf::IntType type;
  };
  static std::optional<State> bind(Text path, Text type, BindError& error) {
    const std::optional<protobuf::Path> read = protobuf::Path::read(path, error);
    if (!read.has_value()) return std::nullopt;
    return State{*read, protobuf::IntType::of(type)};
  }
  static bool eval(const State& state, Bytes message, ListBuilder<int64_t>& values) {
    return protobuf::for_each(state.path, message.value, [&](const protobuf::Field& field) {
      return state.type.for_each_value(field, [&](int64_t value) { values.push_back(value); });
    });
  }
};

constexpr Operator kOperator = {
    .name = "protobuf_list_int",
    .summary = "List the integers of a repeated field of a message of Protocol Buffers",
    .detail =
        "`fields` has the numbers that the .proto file gives to the fields, from the outermost message inwards: "
        "`\"3.1\"` is field 1 of the message in field 3. No schema is needed. Packed and unpacked fields are read "
        "alike, as parsers do. `type` is the type of the field in the .proto file. Keys and values of a map field are "
        "its fields 1 and 2.",
    .parameters = {{"message", "a message in the wire format of Protocol Buffers"},
                   {"fields", "the numbers of the fields, with dots between them"},
                   {"type", "the type of the field in the .proto file"}},
    .overloads = {overload<"(message: bytes, fields: const string, type: const "
                           "string{\"int64\",\"int32\",\"uint64\",\"uint32\",\"sint64\",\"sint32\",\"fixed64\","
                           "\"fixed32\",\"sfixed64\",\"sfixed32\",\"bool\",\"enum\"} = \"int64\") -> list<int>?",
                           ProtobufListInt>()},
    .edges = {{"the bytes are no message, or end too soon; also behind the field", "null"},
              {"the field is not there, or the message is empty", "an empty list"},
              {"a message on the path is there several times", "the values of all of them, in the order of the bytes"},
              {"the field is written in another type", "it does not count, as for a parser that does not know it"},
              {"a packed field ends within a number", "null"},
              {"an `uint64` of 2^63 or more", "a negative int of the same bits"},
              {"groups", "are passed over, up to 32 levels deep"},
              {"`fields` is no such path", "an error when the program is compiled"}},
    .examples = {{"protobuf_list_int(b\"\\x22\\x04\\x03\\x8E\\x02\\x07\", \"4\")", "[3, 270, 7]"},
                 {"protobuf_list_int(b\"\\x20\\x03\\x20\\x07\", \"4\")", "[3, 7]"},
                 {"protobuf_list_int(b\"\", \"4\")", "[]"}},
    .cost = {.per_row = 16.0, .per_element = 1.5},
    .aliases = "pb_list proto_ints repeated_int int64_list",
    .see_also = "protobuf_get_int protobuf_list_float protobuf_list_string json_list_int",
    .source = "https://protobuf.dev/programming-guides/encoding/",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
