// protobuf_get_bytes(message, path): the bytes of a field of a message of Protocol Buffers.
#include "feature_extractor/operator.h"
#include "feature_extractor/protobuf.h"

namespace feature_extractor {
namespace {

struct ProtobufGetBytes {
  using State = protobuf::Path;
  static std::optional<State> bind(Text path, BindError& error) { return protobuf::Path::read(path, error); }
  static Nullable<Bytes> eval(const State& path, Bytes message) {
    const auto field = protobuf::last_field(path, message.value, protobuf::WireType::kLength);
    if (!field.has_value()) return null;
    return Bytes{field->bytes};
  }
};

constexpr Operator kOperator = {
    .name = "protobuf_get_bytes",
    .summary = "Take the bytes of one field, or a message as it is written, out of a message of Protocol Buffers",
    .detail =
        "`fields` has the numbers that the .proto file gives to the fields, from the outermost message inwards: "
        "`\"3.1\"` is field 1 of the message in field 3. No schema is needed. What `bytes`, `string`, messages and "
        "packed fields hold, as it stands. Nothing is copied.",
    .parameters = {{"message", "a message in the wire format of Protocol Buffers"},
                   {"fields", "the numbers of the fields, with dots between them"}},
    .overloads = {overload<"(message: bytes, fields: const string) -> bytes?", ProtobufGetBytes>()},
    .edges = {{"the bytes are no message, or end too soon; also behind the field", "null"},
              {"the field is not there",
               "null; in proto3 that is how 0, false and \"\" are written, so that `??` gives them"},
              {"the field, or a message on the path, is there several times",
               "the last value counts, as when messages are merged"},
              {"the field is a number", "it does not count, as for a parser that does not know it"},
              {"groups", "are passed over, up to 32 levels deep"},
              {"`fields` is no such path", "an error when the program is compiled"}},
    .examples = {{"protobuf_get_bytes(b\"\\x0A\\x02\\x08\\x01\", \"1\")", "b\"\\x08\\x01\""},
                 {"byte_length(decode_utf8(protobuf_get_bytes(b\"\\x0A\\x00\", \"1\")))", "0"}},
    .cost = {.per_row = 14.0, .per_element = 0.4},
    .aliases = "pb_bytes proto_bytes pb_message",
    .see_also = "protobuf_get_string protobuf_get_int to_bytes",
    .source = "https://protobuf.dev/programming-guides/encoding/",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
