// protobuf_get_string(message, path): a text of a message of Protocol Buffers.
#include "feature_extractor/operator.h"
#include "feature_extractor/protobuf.h"

namespace feature_extractor {
namespace {

struct ProtobufGetString {
  using State = protobuf::Path;
  static std::optional<State> bind(Text path, BindError& error) { return protobuf::Path::read(path, error); }
  static Nullable<Text> eval(const State& path, Bytes message) {
    const auto field = protobuf::last_field(path, message.value, protobuf::WireType::kLength);
    if (!field.has_value()) return null;
    return protobuf::text_of(field->bytes);
  }
};

constexpr Operator kOperator = {
    .name = "protobuf_get_string",
    .summary = "Take one text out of a message of Protocol Buffers",
    .detail =
        "`fields` has the numbers that the .proto file gives to the fields, from the outermost message inwards: "
        "`\"3.1\"` is field 1 of the message in field 3. No schema is needed. Nothing is copied.",
    .parameters = {{"message", "a message in the wire format of Protocol Buffers"},
                   {"fields", "the numbers of the fields, with dots between them"}},
    .overloads = {overload<"(message: bytes, fields: const string) -> string?", ProtobufGetString>()},
    .edges = {{"the bytes are no message, or end too soon; also behind the field", "null"},
              {"the field is not there",
               "null; in proto3 that is how 0, false and \"\" are written, so that `??` gives them"},
              {"the field, or a message on the path, is there several times",
               "the last value counts, as when messages are merged"},
              {"the field is a number", "it does not count, as for a parser that does not know it"},
              {"its bytes are not UTF-8", "null"},
              {"groups", "are passed over, up to 32 levels deep"},
              {"`fields` is no such path", "an error when the program is compiled"}},
    .examples = {{"protobuf_get_string(b\"\\x12\\x03red\", \"2\")", "\"red\""},
                 {"protobuf_get_string(b\"\\x1A\\x05\\x12\\x03red\", \"3.2\")", "\"red\""},
                 {"protobuf_get_string(b\"\\x12\\x04red\", \"2\")", "null"}},
    .cost = {.per_row = 14.0, .per_element = 0.4},
    .aliases = "pb_string proto_string",
    .see_also = "protobuf_get_bytes protobuf_get_int protobuf_list_string json_get",
    .source = "https://protobuf.dev/programming-guides/encoding/",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
